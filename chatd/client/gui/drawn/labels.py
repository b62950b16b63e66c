"""The words around the conversation: rooms with what is unread, members, the connection, the window's title."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chatd.client.connection.link import Connecting, Offline, Online, State
from chatd.client.model.chat import Chat
from chatd.client.model.picture.place import Member, Place
from chatd.client.model.picture.rights import Act


class Item(NamedTuple):
    """
    One row of a list.

    @ivar key: What it stands for.
    @ivar note: What stands behind it.
    @ivar tags: How it looks.
    """

    key: str
    text: str
    note: str = ""
    tags: tuple[str, ...] = ()


class Order(NamedTuple):
    """
    Something that may be done to somebody.

    @ivar label: In the menu.
    @ivar command: The command, to which the name and the answer are added.
    @ivar question: What to ask first.
    """

    label: str
    command: str
    question: str


_ORDERS: tuple[tuple[Act, Order], ...] = (
    ("kick", Order("Kick", "/kick", "Kick {name} out of {place}. Why? (may be left empty)")),
    ("mute", Order("Mute", "/mute", "Mute {name} in {place}. How long, and why? (such as 30m shouting)")),
    ("ban", Order("Ban", "/ban", "Ban {name} from {place}. How long, and why? (such as 2h spam)")),
)
_MARKS = {"owner": "owner", "moderator": "mod", "voice": "voice"}


def place_item(place: Place) -> Item:
    """A room, or a conversation, in the list of those that one is in."""
    if not place.unread:
        return Item(place.name, place.title)
    if place.mentions or place.is_direct:
        return Item(place.name, place.title, f"{place.unread} !", ("called",))
    return Item(place.name, place.title, str(place.unread), ("unread",))


def member_item(member: Member) -> Item:
    """Somebody in the list of members."""
    role = _MARKS.get(member.role, "")
    if member.away is None:
        return Item(member.name, member.name, role)
    return Item(member.name, member.name, f"{role} away".strip(), ("away",))


def heading(place: Place) -> str:
    """What stands above the members: how many of them are here."""
    here = 0 if place.is_direct else len(place.members)
    return f"Members ({here} here)" if here else "Members"


def member_items(place: Place) -> list[Item]:
    """The members of a room: those who are here, and below them those of whom one knows that they are not."""
    if place.is_direct:
        return []
    gone = sorted(place.absent.values(), key=lambda member: member.name.casefold())
    items = [member_item(member) for member in place.people()]
    return items + [Item(member.name, member.name, "offline", ("away",)) for member in gone]


def moves(now: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, int]]:
    """
    What to put where, one after the other, to make one order of another: few steps where few have moved.

    Whoever goes down is put at the end first, so that those who move up by that need not be touched.

    @param now: Some of those that are wanted.
    """
    aside: set[str] = set()
    at = 0
    for number, key in enumerate(wanted):
        while at < len(now) and now[at] in aside:
            at += 1
        if now[at : at + 1] == [key]:
            at += 1
        elif now[at + 1 : at + 2] == [key]:
            aside.add(now[at])
            yield now[at], len(wanted)
            at += 2
        else:
            aside.add(key)
            yield key, number


def orders(chat: Chat, name: str) -> list[Order]:
    """What one may probably do to somebody in the current place; each with the question that comes first."""
    place = chat.shown
    allowed = [order for act, order in _ORDERS if chat.may(act, name)]
    return [each._replace(question=each.question.format(name=name, place=place.title)) for each in allowed]


def connection(state: State | None, seconds: float | None = None) -> tuple[str, str]:
    """
    The connection in words, and whether that is good, a matter of time, or bad.

    @param seconds: Until the next attempt, if that is known better than the state does.
    """
    match state:
        case Online():
            return "connected", "good"
        case Connecting():
            return "connecting \u2026", "waiting"
        case Offline(lost=lost):
            left = max(0.0, state.seconds if seconds is None else seconds)
            return f"NOT CONNECTED ({lost.why}), trying again in {left:.0f} s", "bad"
        case _:
            return "NOT CONNECTED", "bad"


def standing(chat: Chat) -> str:
    """What else there is to know: lines on their way, being away, a role."""
    told = []
    if chat.unsent and not chat.is_online:
        told.append("1 line to send" if chat.unsent == 1 else f"{chat.unsent} lines to send")
    if (words := away_words(chat)) is not None:
        told.append(f"away: {words}" if words else "away")
    if chat.scene.role not in ("member", "guest"):
        told.append(chat.scene.role)
    return " \u00b7 ".join(told)


def away_words(chat: Chat) -> str | None:
    """The words with which one is away, or C{None}."""
    for place in chat.places:
        me = place.member(chat.scene.me)
        if me is not None:
            return me.away
    return None


def title(chat: Chat, where: str) -> str:
    """The window's title: how many unread lines there are, the place, who one is and where."""
    unread = sum(place.unread for place in chat.places)
    before = f"({unread}) " if unread else ""
    return f"{before}{chat.shown.title} \u2013 {chat.scene.me}@{where} \u2013 chatd"


def topic(place: Place) -> str:
    """What a place is about."""
    return "between the two of you" if place.is_direct else place.topic
