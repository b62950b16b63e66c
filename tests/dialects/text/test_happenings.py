"""What happened, in words: for everyone, and for the one to whom it was done."""

import unicodedata
from datetime import UTC
from typing import Any

import pytest

from chatd.core import events
from chatd.core.events import Event
from chatd.dialects.text.happenings import done_to, happened
from chatd.dialects.text.view import View
from tests.dialects.text.doubles import DAY, HOUR, NOON

PLAIN = View(UTC)


def by_carol(kind: type[Event], **values: Any) -> Event:
    return kind(**({"room": "dev", "seq": 118, "who": "carol", "at": NOON} | values))


def to_bob(kind: type[Event], **values: Any) -> Event:
    return by_carol(kind, target="bob", **values)


@pytest.mark.parametrize(
    ("event", "everyone", "bob"),
    [
        (to_bob(events.Kicked), "carol kicked bob out of #dev",
         "carol kicked you out of #dev."),
        (to_bob(events.Kicked, reason="spam"), "carol kicked bob out of #dev (spam)",
         "carol kicked you out of #dev (spam)."),
        (to_bob(events.Banned, until=NOON + HOUR, reason="spam"),
         "carol banned bob from #dev until today 13:00 (spam)",
         "carol banned you from #dev until today 13:00 (spam)."),
        (to_bob(events.Banned, until=None), "carol banned bob from #dev for ever",
         "carol banned you from #dev for ever."),
        (to_bob(events.Unbanned), "carol lifted the ban of bob from #dev", "carol lifted your ban from #dev."),
        (to_bob(events.Muted, until=NOON + DAY, reason="loud"), "carol muted bob in #dev until tomorrow 12:00 (loud)",
         "carol muted you in #dev until tomorrow 12:00 (loud)."),
        (to_bob(events.Unmuted), "carol lets bob speak in #dev again", "carol lets you speak in #dev again."),
        (to_bob(events.RoleChanged, role="moderator"), "carol made bob moderator of #dev",
         "carol made you moderator of #dev."),
        (to_bob(events.RoleChanged, role="voice"), "carol made bob somebody with a voice in #dev",
         "carol made you somebody with a voice in #dev."),
        (to_bob(events.RoleChanged, role="member"), "carol made bob a plain member of #dev",
         "carol made you a plain member of #dev."),
        (by_carol(events.Deleted, of=117, author="bob", reason="spam"), "carol deleted line 117 of bob in #dev (spam)",
         "carol deleted your line 117 in #dev (spam)."),
        (by_carol(events.Deleted, of=117, author="carol"), "carol deleted line 117 in #dev", None),
        (by_carol(events.Edited, of=117, text="on Tuesday"), "carol corrected line 117 in #dev: on Tuesday", None),
        (by_carol(events.Edited, room="@carol", of=5, text="x"),
         "carol corrected line 5 of your talk with carol: x", None),
        (by_carol(events.Undeleted, of=117, author="bob", text="hi"), "line 117 in #dev is back, bob: hi", None),
        (by_carol(events.RoomChanged, setting="access", value="key"), "carol set access of #dev to key", None),
        (by_carol(events.RoomRenamed, name="Ops", reason="growth"), "carol calls #dev #Ops from now on (growth)", None),
        (by_carol(events.MaskChanged, list="ban", mask="*!*@x", on=True), "carol banned *!*@x from #dev", None),
        (by_carol(events.MaskChanged, list="mute", mask="*!*@x", on=False),
         "carol lifted the mute of *!*@x in #dev", None),
        (by_carol(events.MaskChanged, list="exception", mask="*!*@x", on=True),
         "carol lets no ban or mute be about *!*@x in #dev", None),
        (by_carol(events.MaskChanged, list="invitation", mask="*!*@x", on=True), "carol lets *!*@x enter #dev", None),
        (by_carol(events.MaskChanged, list="quiet", mask="*!*@x", on=True), "carol put *!*@x on a list of #dev", None),
        (events.Invited(room="ops", who="carol", at=NOON), "carol invites you to #ops. /join #ops enters it", None),
        (events.LetIn(room="ops", who="carol", name="bob", at=NOON), "carol lets bob enter #ops", None),
        (events.AwayChanged(who="carol", at=NOON, text="lunch"), "carol is away (lunch)", None),
        (events.AwayChanged(who="carol", at=NOON, text=None), "carol is back", None),
        (events.Renamed(who="gale", name="storm", at=NOON), "gale is called storm now", None),
        (events.Identified(who="gale", at=NOON), "gale has an account now", None),
    ],
)  # fmt: skip
def test_what_is_told(event: Event, everyone: str, bob: str | None) -> None:
    """Who, whom, where, until when and why; and whoever it was done to is addressed."""
    assert happened(event, PLAIN) == everyone
    assert done_to(event, "Bob", PLAIN) == bob
    assert done_to(event, "eve", PLAIN) is None


def test_one_who_did_it_oneself_is_not_addressed() -> None:
    """What another device of one's own deleted is told as it is to all."""
    event = by_carol(events.Deleted, of=117, author="carol")
    assert done_to(event, "carol", PLAIN) is None


def test_an_event_from_the_future_is_named() -> None:
    """A client that is older than its server says so."""
    assert "(Marked)" in happened(events.Marked(room="dev", seq=1), PLAIN)


@pytest.mark.parametrize("kind", [events.Kicked, events.Unbanned, events.Unmuted])
def test_no_name_or_reason_moves_a_cursor(kind: type[Event]) -> None:
    """Whatever got into an event, its line is fit to be shown."""
    nasty = "a\x1b[2J\x07\u2028b"
    event = by_carol(kind, who=nasty, target=nasty, room=nasty)
    for told in (happened(event, PLAIN), done_to(event, nasty, PLAIN) or ""):
        assert told
        assert not any(unicodedata.category(each) in ("Cc", "Zl") for each in told)
