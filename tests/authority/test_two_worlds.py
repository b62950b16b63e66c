"""
Two worlds: one has a private room, the other has not, and whoever is no member of it cannot tell which is which.

Every command that a non-member can send is sent in both worlds, on both faces, naming the room wherever a room can be
named; what comes back is the same, byte for byte, and so is what comes back on C{/why} afterwards.

What is known to differ, and asserted here:

  - Whoever may make rooms makes one by joining where there is none, so whoever may do that can notice that a name is
    taken; the same who gives a room of his own another name. For guests, who may not in these worlds, joining is the
    same in both, too.
  - Whoever may read the audit log reads there of orders in private rooms: that is what it is for. And who runs the
    server counts all rooms in C{/stats}.
  - Numbers that count rows of all rooms together (the places where pages of C{search} and C{export} begin, the
    numbers of bans) grow with what happens in rooms that one does not see.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from twisted.internet.defer import Deferred

from chatd.core.commands import Ban
from chatd.core.ports import OPERATOR
from chatd.core.settings.site import Site
from chatd.testing import Remote, World, now
from tests.authority.village import UNHURRIED

ROLES = ("guest", "member", "moderator", "admin", "owner")
PRIVATE = ("invite", "key")
MAKE_ROOMS = ("member", "moderator", "admin", "owner")
KEY = "PrinterInk"


class Pair(NamedTuple):
    """A world, and in it one person at a terminal and one program, both of the same account: C{nora}."""

    world: World
    program: Remote
    person: Remote
    mel: Remote


def made(private: str | None, role: str = "member", *, banned: bool = False) -> Pair:
    """
    A world in which mel, bob and vic talk in the lobby.

    @param private: How the room C{den} keeps others out, or C{None} if there is no such room.
    @param banned: Whether nora is banned from it.
    """
    world = World(Site(), UNHURRIED)
    for name in ("mel", "bob", "vic", "nora"):
        world.account(name)
    mel, bob = world.program("mel"), world.program("bob")
    mel.asks(do="say", room="lobby", text="paper is out")
    mel.asks(do="topic", room="lobby", text="Printers")
    program, person = world.program("nora"), world.person("nora")
    if private is not None:
        furnish(mel, bob, private, banned)
    world.database.run("DELETE FROM role_permissions WHERE role = 'guest' AND permission = 'make-rooms'")
    if role != "member":
        world.database.run(
            f"INSERT INTO account_roles (account_id, role, granted_by, granted_at) VALUES (4, '{role}', 'x', 0)"
        )
    for busy in (mel, bob):  # with whatever else, where there is no such room
        busy.asks(do="ping")
    for remote in (program, person, mel, bob):
        remote.received()
    return Pair(world, program, person, mel)


def furnish(mel: Remote, bob: Remote, access: str, banned: bool) -> None:
    """Let there be a private room in which all kinds of things have happened."""
    orders: list[dict[str, object]] = [
        {"do": "join", "room": "den"},
        {"do": "room-set", "room": "den", "name": "access", "value": "invite"},
        {"do": "invite", "room": "den", "name": "bob"},
    ]
    later: list[dict[str, object]] = [
        {"do": "say", "room": "den", "text": "paper at midnight"},
        {"do": "topic", "room": "den", "text": "Conspiracy"},
        {"do": "invite", "room": "den", "name": "vic"},
        {"do": "mute", "room": "den", "target": "bob", "reason": "hush"},
        {"do": "mask", "room": "den", "list": "exception", "mask": "x!*@*"},
        {"do": "metadata", "target": "den", "act": "set", "key": "url", "value": "midnight"},
    ]
    if access == "key":
        later.append({"do": "room-set", "room": "den", "name": "key", "value": KEY})
    if banned:
        later.append({"do": "ban", "room": "den", "target": "nora", "reason": "never"})
    for order in orders:
        assert "done" in mel.asks(**order)
    assert bob.asks(do="join", room="den")["done"] == "join"
    for order in later:
        assert "done" in mel.asks(**order)
    network = Ban(room="den", target="192.0.2.0/24")  # for which the owner of a room lacks the permission
    now(Deferred.fromCoroutine(mel.world.journal.append(OPERATOR, network)))


# What names the room, in both languages. Where people have no command for it, the text is nothing.
NAMING: list[tuple[dict[str, object], str]] = [
    ({"do": "leave", "room": "den"}, "/leave #den"),
    ({"do": "look", "room": "DEN", "recent": 20}, "/room #DEN"),
    ({"do": "names", "room": "den"}, "/names #den"),
    ({"do": "rooms"}, "/rooms"),
    ({"do": "rooms", "pattern": "de"}, "/rooms de"),
    ({"do": "whois", "name": "mel"}, "/whois mel"),
    ({"do": "whois", "name": "vic"}, "/whois vic"),
    ({"do": "whois", "name": "den"}, "/whois den"),
    ({"do": "topic", "room": "den"}, ""),
    ({"do": "topic", "room": "den", "text": "x"}, ""),
    ({"do": "say", "room": "den", "text": "hello?"}, ""),
    ({"do": "say", "room": "den", "text": "hello?", "cid": "1"}, ""),
    ({"do": "say", "room": "@den", "text": "hello?"}, "/msg den hello?"),
    ({"do": "edit", "room": "den", "text": "x"}, ""),
    ({"do": "edit", "room": "den", "text": "x", "seq": 4}, ""),
    ({"do": "delete", "room": "den"}, ""),
    ({"do": "delete", "room": "den", "seq": 4}, ""),
    ({"do": "delete", "room": "den", "name": "mel"}, ""),
    ({"do": "history", "room": "den"}, "/history #den"),
    ({"do": "history", "room": "den", "after": 2, "before": 5}, "/history 2h #den"),
    ({"do": "search", "words": "midnight"}, "/search midnight"),
    ({"do": "search", "words": "paper", "room": "den"}, "/search paper in:#den"),
    ({"do": "search", "words": "paper", "who": "mel"}, "/search paper from:mel"),
    ({"do": "search", "words": "conspiracy"}, "/search conspiracy"),
    ({"do": "unread"}, ""),
    ({"do": "catchup"}, "/catchup"),
    ({"do": "mark", "room": "den", "seq": 3}, ""),
    ({"do": "invite", "room": "den", "name": "vic"}, "/invite vic #den"),
    ({"do": "invite", "room": "den", "name": "nora"}, "/invite nora #den"),
    ({"do": "room-set", "room": "den"}, "/roomset #den"),
    ({"do": "room-set", "room": "den", "name": "access", "value": "open"}, "/roomset #den access open"),
    ({"do": "room-set", "room": "den", "name": "key", "value": "x"}, "/roomset #den key x"),
    ({"do": "room-set", "room": "den", "name": "nose", "value": "x"}, "/roomset #den nose x"),
    ({"do": "room-role", "room": "den", "name": "nora", "role": "owner"}, "/op nora owner #den"),
    ({"do": "room-role", "room": "den", "name": "mel", "role": "member"}, "/deop mel #den"),
    ({"do": "room-role", "room": "den", "name": "bob", "role": "voice"}, "/voice bob #den"),
    ({"do": "kick", "room": "den", "target": "mel"}, "/kick #den mel"),
    ({"do": "kick", "room": "den", "target": "vic"}, "/kick #den vic"),
    ({"do": "ban", "room": "den", "target": "bob"}, "/ban #den bob"),
    ({"do": "ban", "room": "den", "target": "192.0.2.0/24"}, "/ban #den 192.0.2.0/24"),
    ({"do": "unban", "room": "den", "target": "nora"}, "/unban #den nora"),
    ({"do": "unban", "room": "den", "target": "192.0.2.0/24"}, "/unban #den 192.0.2.0/24"),
    ({"do": "mute", "room": "den", "target": "bob"}, "/mute #den bob"),
    ({"do": "unmute", "room": "den", "target": "bob"}, "/unmute #den bob"),
    ({"do": "bans", "room": "den"}, "/bans #den"),
    ({"do": "purge-room", "room": "den"}, ""),
    ({"do": "relay", "to": "den", "text": "hello?"}, ""),
    ({"do": "tag", "room": "den", "tags": {"+a": "b"}}, ""),
    ({"do": "mark", "room": "den", "at": 5}, ""),
    ({"do": "mark", "room": "den"}, ""),
    ({"do": "relay", "to": "den", "kind": "tag", "tags": {"+a": "b"}, "least": "voice"}, ""),
    ({"do": "relay", "to": "@den", "text": "hello?"}, ""),
    ({"do": "targets"}, ""),
    ({"do": "mask", "room": "den", "list": "ban", "mask": "nora"}, "/ban #den nora!*@*"),
    ({"do": "mask", "room": "den", "list": "ban", "mask": "nora!*@*", "on": False}, "/unban #den nora!*@*"),
    ({"do": "masks", "room": "den", "list": "ban"}, ""),
    ({"do": "masks", "room": "den", "list": "invitation"}, ""),
    ({"do": "rename-room", "room": "den", "name": "cave"}, "/roomset #den name cave"),
    ({"do": "metadata", "target": "den"}, ""),
    ({"do": "metadata", "target": "den", "act": "set", "key": "url", "value": "x"}, ""),
    ({"do": "metadata", "target": "@den"}, ""),
    ({"do": "undo"}, "/undo"),
    ({"do": "msg", "to": "mel", "text": "where are you?"}, "/msg mel where are you?"),
    ({"do": "export"}, ""),
    ({"do": "sessions"}, "/sessions"),
    ({"do": "tokens"}, "/token list"),
    ({"do": "ignore"}, "/ignore"),
    ({"do": "ping"}, "/ping"),
]  # fmt: skip

# For whoever may make no rooms.
JOINING: list[tuple[dict[str, object], str]] = [
    ({"do": "rename-room", "room": "lobby", "name": "den"}, "/roomset #lobby name den"),
    ({"do": "join", "room": "den"}, "/join #den"),
    ({"do": "join", "room": "#DEN", "recent": 20}, "/join #DEN"),
    ({"do": "join", "room": "den", "key": "wrong"}, "/join #den wrong"),
    ({"do": "join", "room": "d\u0435n"}, "/join #d\u0435n"),
]


def transcript(pair: Pair, asked: list[tuple[dict[str, object], str]]) -> Iterator[tuple[str, bytes]]:
    """What is shown for each command, and for asking why; and what the other face hears of it, which is nothing."""
    for do, typed in asked:
        pair.program.sends(**do)
        yield json.dumps(do), pair.program.received() + b"|" + pair.person.received()
        pair.program.sends(do="why")
        yield f"why {do}", pair.program.received()
        if typed:
            pair.person.types(typed)
            yield typed, pair.person.received() + b"|" + pair.program.received()
            pair.person.types("/why")
            yield f"why {typed}", pair.person.received()


def differing(one: Pair, other: Pair, asked: list[tuple[dict[str, object], str]]) -> list[str]:
    """The commands that tell the two worlds apart."""
    both = zip(transcript(one, asked), transcript(other, asked), strict=True)
    return [
        f"{command}: {with_room!r} {without!r}" for (command, with_room), (_, without) in both if with_room != without
    ]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("access", PRIVATE)
@pytest.mark.parametrize("banned", [False, True], ids=["never", "banned"])
def test_nothing_tells_the_worlds_apart(role: str, access: str, banned: bool) -> None:
    """Whatever one asks, a private room and no room are the same; also for admins, and for those who are banned."""
    asked = NAMING + (JOINING if role not in MAKE_ROOMS else [])
    assert differing(made(access, role, banned=banned), made(None, role), asked) == []


@pytest.mark.parametrize("access", PRIVATE)
def test_what_happens_there_is_not_heard_elsewhere(access: str) -> None:
    """Somebody who shares another room with its members hears no more of them for it."""
    heard = []
    for private in (access, None):
        pair = made(private)
        lines: list[dict[str, object]] = [
            {"do": "say", "room": "den", "text": "psst"}, {"do": "topic", "room": "den", "text": "x"},
            {"do": "invite", "room": "den", "name": "nobody2"}, {"do": "kick", "room": "den", "target": "bob"},
            {"do": "leave", "room": "den"}, {"do": "away", "text": "lunch"}, {"do": "quit"},
        ]  # fmt: skip
        for line in lines:
            pair.mel.asks(**line)
        heard.append((pair.program.received(), pair.person.received()))
    assert heard[0] == heard[1]
    assert b"away-changed" in heard[0][0]


@pytest.mark.parametrize("role", MAKE_ROOMS)
def test_whoever_may_make_rooms_notices_a_taken_name(role: str) -> None:
    """The known exception: where there is no room, joining makes one. A wrong key is told no more than none."""
    with_room, without = made("key", role), made(None, role)
    refused = [with_room.program.asks(do="join", room="den", key=key) for key in ("", "wrong")]
    assert refused[0] == refused[1]
    assert refused[0]["code"] == "no-such-room"
    assert without.program.asks(do="join", room="den")["done"] == "join"
    # A name that looks like the private room's is taken, and whose it is, is not said.
    twin = made("invite", role).program.asks(do="join", room="d\u0435n")
    assert (twin["code"], twin["why"]) == ("name-taken", "#d\u0435n looks like another name. Choose another one.")


def test_the_right_key_opens_what_was_not_there() -> None:
    """Whoever has the key is in, guest or not, and sees from then on what members see."""
    for role in ("guest", "member"):
        pair = made("key", role)
        assert pair.program.asks(do="join", room="den", key="printerink")["code"] == "no-such-room"
        assert pair.program.asks(do="join", room="den", key=KEY)["done"] == "join"
        assert "#den" in pair.person.sees() + typed(pair.person, "/rooms")


def test_an_invitation_shows_the_room_and_its_end_hides_it() -> None:
    """Whoever is invited knows of the room; whoever was thrown out again knows no more of it than a stranger."""
    pair, stranger = made("invite"), made(None)
    pair.mel.asks(do="invite", room="den", name="nora")
    assert [each["room"] for each in pair.program.asks(do="rooms")["rooms"]] == ["den", "lobby"]
    assert pair.program.asks(do="names", room="den")["code"] == "not-in-room"
    assert pair.program.asks(do="join", room="den")["done"] == "join"
    pair.mel.asks(do="kick", room="den", target="nora")
    for remote in (pair.program, pair.person):
        remote.received()
    gone = [row for row in NAMING if row[0]["do"] not in ("edit", "delete", "export")]
    assert differing(pair, stranger, gone) == []


def typed(remote: Remote, line: str) -> str:
    """What somebody sees who types a line."""
    remote.types(line)
    return remote.sees()


# What is known to differ.


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_the_audit_log_tells_of_private_rooms(role: str) -> None:
    """Orders in private rooms are on the record for those who read it."""
    entries = made("invite", role).program.asks(do="audit")["entries"]
    assert "den" in {each["room"] for each in entries}
    assert made("invite", "member").program.asks(do="audit")["code"] == "not-allowed"


def test_statistics_count_private_rooms() -> None:
    """Who runs the server knows how many rooms there are."""
    counted = [made(private, "admin").program.asks(do="stats")["stats"]["rooms"] for private in ("invite", None)]
    assert counted == [2, 1]


def test_numbers_of_rows_count_what_one_does_not_see() -> None:
    """Where a page ends is told by the number of a row among all rows, which says how much is said elsewhere."""
    told = []
    for private in ("invite", None):
        pair = made(private, "guest")
        for text in ("one paper", "two papers"):
            pair.program.asks(do="say", room="lobby", text=text)
        told.append(pair.program.asks(do="search", words="paper*", limit=1)["next"])
    assert told[0] > told[1]


# The same work.


def statements(pair: Pair, do: dict[str, object]) -> list[str]:
    """The SQL statements that a command takes, without their parameters."""
    seen: list[str] = []
    database: Any = pair.world.database
    database._connection.set_trace_callback(seen.append)
    pair.program.sends(**do)
    database._connection.set_trace_callback(None)
    pair.program.received()
    return [" ".join(each.split()[:4]) for each in seen]


@pytest.mark.parametrize("role", ["guest", "member"])
def test_the_work_is_the_same(role: str) -> None:
    """As many statements are run for a private room as for none, so that the time does not tell either."""
    asked = [do for do, _ in NAMING + (JOINING if role == "guest" else []) if "room" in do]
    one, other = made("key", role), made(None, role)
    differ = [do for do in asked if len(statements(one, do)) != len(statements(other, do))]
    assert differ == []


def test_a_key_costs_the_same_where_there_is_none() -> None:
    """A key is hashed whether there is a room or not, and whether it has one or not."""
    for private in (*PRIVATE, None):
        pair = made(private, "guest")
        hashes: Any = pair.world.hashes
        begun: list[object] = []
        run = hashes._in_threads

        def counted(*work: Any, run: Any = run, begun: list[object] = begun) -> Any:
            begun.append(work)
            return run(*work)

        hashes._in_threads = counted
        assert pair.program.asks(do="join", room="den", key="wrong")["code"] == "no-such-room"
        assert len(begun) == 1, private
