"""What a server writes is read as far as it can be."""

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest

from chatd.client.connection.wire import printable, read_answer, read_event, read_head
from chatd.core import events
from chatd.core.events import Answer, Event, RoomShown, Said

OLD = Said(room="lobby", seq=1, who="bob", at=1, text="hi")
SHOWN = RoomShown(room="lobby", seq=1, recent=(OLD,))
NEWS = events.News(room="lobby", seq=9, marker=7, unread=2, mentions=1, events=(OLD,))
SESSION = events.SessionShown(number=1, face="json", address="::1", since=1, active_at=1, mine=True)
TOKEN = events.TokenShown(
    number=1, kind="session", label="x", created_at=1, used_at=1, used_from="::1", expires_at=1
)  # fmt: skip
BAN = events.BanShown(
    number=1, effect="ban", room=None, target="bob", reason="", set_by="carol", set_at=1, until=None
)  # fmt: skip
ACCOUNT = events.AccountShown(name="bob", status="active", role="member", created_at=1, seen_at=None, online=False)
INVITATION = events.InvitationShown(
    number=1, label="", role="member", created_by="carol", created_at=1, expires_at=None, uses_left=1
)  # fmt: skip
ENTRY = events.AuditShown(
    number=1, at=1, actor="carol", address="", act="kick", target="bob", room="lobby", reason=""
)  # fmt: skip
LATER = (
    events.Edited(room="lobby", seq=2, who="bob", at=1, of=1, text="x"),
    events.Deleted(room="lobby", seq=3, who="bob", at=1, of=1, author="bob"),
    events.Undeleted(room="lobby", seq=4, who="bob", at=1, of=1, author="bob", text="x"),
    events.Kicked(room="lobby", seq=5, who="carol", at=1, target="bob", reason="x"),
    events.Banned(room="lobby", seq=6, who="carol", at=1, target="bob", until=None),
    events.Unbanned(room="lobby", seq=7, who="carol", at=1, target="bob"),
    events.Muted(room="lobby", seq=8, who="carol", at=1, target="bob", until=1),
    events.Unmuted(room="lobby", seq=9, who="carol", at=1, target="bob"),
    events.RoleChanged(room="lobby", seq=10, who="carol", at=1, target="bob", role="voice"),
    events.RoomChanged(room="lobby", seq=11, who="carol", at=1, setting="slow", value="10s"),
)


@pytest.mark.parametrize(
    "answer",
    [
        events.Introduced(name="alice", known=True),
        events.LoggedIn(name="alice", at=1, rooms=(SHOWN,), settings={"time": "on"}, last_at=1, last_from="::1"),
        events.Registered(name="alice", at=1, rooms=(), settings={}),
        events.Resumed(name="alice", at=1, rooms=(), settings={}),
        events.QuitDone(),
        events.Ponged(at=1),
        events.JoinDone(at=0, place=SHOWN),
        events.LeaveDone(room="lobby"),
        events.LookDone(at=0, place=SHOWN, people=3),
        events.RoomsDone(rooms=(events.RoomListed(room="a", topic="", people=1, member=True),)),
        events.NamesDone(room="lobby", names=("alice",)),
        events.WhoisDone(name="alice", at=1, since=1, online=False, seen=None, rooms=()),
        events.TopicDone(room="lobby", topic="x"),
        events.SayDone(room="lobby", seq=1, at=1, again=True),
        events.MsgDone(room="@bob", seq=1, at=1),
        events.HistoryDone(at=0, room="lobby", events=(OLD,), more=False),
        events.HistoryDone(at=0, room="lobby", events=LATER, more=True),
        events.EditDone(room="lobby", seq=2, of=1),
        events.DeleteDone(room="lobby", seq=2, of=1),
        events.SearchDone(at=1, found=(OLD,), next=7),
        events.UnreadDone(places=(NEWS,)),
        events.CatchupDone(at=1, places=(NEWS,)),
        events.MarkDone(room="lobby", seq=1),
        events.InviteDone(room="lobby", name="bob"),
        events.RoomSetDone(room="lobby", settings={"slow": "10s"}),
        events.RoomRoleDone(room="lobby", name="bob", role="voice"),
        events.PasswdDone(),
        events.SetDone(settings={}),
        events.Claimed(role="owner"),
        events.SessionsDone(at=1, sessions=(SESSION,)),
        events.LogoutDone(sessions=1, tokens=1),
        events.TokenMade(number=1, label="x", token="y", expires_at=1),
        events.CertificateAdded(number=1, label="x", fingerprint="ab" * 32, expires_at=1),
        events.TokensDone(at=1, tokens=(TOKEN,)),
        events.RevokeTokenDone(number=1, label="x"),
        events.AwayDone(text=None),
        events.IgnoreDone(names=("bob",)),
        events.UnignoreDone(names=()),
        events.ExportDone(records=({"kind": "account", "name": "alice"},), next=None),
        events.Erased(name="alice"),
        events.KickDone(room="lobby", target="bob"),
        events.BanDone(room=None, target="bob", until=None),
        events.MuteDone(room="lobby", target="bob", until=1),
        events.UnbanDone(room="lobby", target="bob"),
        events.UnmuteDone(room="lobby", target="bob"),
        events.BansDone(at=1, bans=(BAN,)),
        events.UndoDone(act="kick", target="bob", room="lobby"),
        events.AnnounceDone(people=3),
        events.AccountAdded(name="bob", password=None),
        events.AccountsDone(at=1, accounts=(ACCOUNT,), more=False),
        events.SuspendDone(name="bob"),
        events.RestoreDone(name="bob"),
        events.GrantRoleDone(name="bob", role="admin", until=None),
        events.PasswordReset(name="bob", password="x"),
        events.RenameDone(name="Bob"),
        events.InvitationMade(number=1, code="x", expires_at=None),
        events.InvitationsDone(at=1, invitations=(INVITATION,)),
        events.RevokeInvitationDone(number=1),
        events.PurgeRoomDone(room="lobby", messages=3),
        events.AuditDone(at=1, entries=(ENTRY,), more=False),
        events.StatsDone(stats={"people": 3, "median": 0.1, "version": "1"}),
        events.ReloadDone(wrong=None),
        events.ShutdownDone(),
        events.WhyDone(code="x", why="y", rule=None, set_by=None, until=None),
    ],
)
def test_every_answer_is_read(answer: Answer) -> None:
    """What the server encodes, the client decodes to the same."""
    wire = msgspec.json.encode(answer)
    head = read_head(wire)
    assert head is not None
    assert head.done == answer.__struct_config__.tag
    assert read_answer(wire) == answer


@pytest.mark.parametrize(
    "event",
    [
        OLD,
        events.Joined(room="lobby", seq=1, who="bob", at=1),
        events.Left(room="lobby", seq=1, who="bob", at=1, reason="lunch"),
        events.TopicChanged(room="lobby", seq=1, who="bob", at=1, topic="x"),
        *LATER,
        events.Gap(room="lobby", after=1, before=9),
        events.Arrived(who="bob", at=1),
        events.Departed(who="bob", at=1),
        events.AwayChanged(who="bob", at=1, text=None),
        events.Invited(room="ops", who="bob", at=1),
        events.Marked(room="lobby", seq=1),
        events.Announced(text="x", at=1),
        events.Pinged(at=1),
    ],
)
def test_every_event_is_read(event: Event) -> None:
    """What the server encodes, the client decodes to the same."""
    assert read_event(msgspec.json.encode(event)) == event


def test_nothing_of_the_core_is_forgotten() -> None:
    """An answer or event that is new in the core is read as well, with nothing but what it must hold."""
    abstract = {"Answer", "Stored", "Sentenced", "Lifted", "RoomEvent"}
    for answer in [sample(kind) for kind in _below(Answer) if kind.__name__ not in abstract]:
        assert read_answer(msgspec.json.encode(answer)) == answer
    for event in [sample(kind) for kind in _below(Event) if kind.__name__ not in abstract]:
        assert read_event(msgspec.json.encode(event)) == event


def sample(kind: Any) -> Any:
    """Something of a type, with its required fields alone."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{field.name: sample(field.type) for field in msgspec.structs.fields(kind) if field.required})
    origin = get_origin(kind)
    if origin is Annotated:
        return sample(get_args(kind)[0])
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (UnionType, Union):
        return sample(get_args(kind)[0])
    return (origin or kind)("1") if (origin or kind) in (str, int) else (origin or kind)()


def _below(kind: type) -> list[type]:
    children: list[type] = kind.__subclasses__()
    return [each for child in children for each in (child, *_below(child))]


def test_strange_events_are_left_out_of_an_answer_wherever_they_stand() -> None:
    """A login at a newer server shows the history that this client can show."""
    painted = {"event": "painted", "room": "lobby", "seq": 2, "at": 1}
    shown = {"room": "lobby", "seq": 2, "recent": [msgspec.to_builtins(OLD), painted]}
    wire = msgspec.json.encode({"done": "login", "name": "a", "at": 1, "rooms": [shown], "settings": {}})
    answer = read_answer(wire)
    assert isinstance(answer, events.LoggedIn)
    assert answer.rooms[0].recent == (OLD,)


def test_an_object_for_a_terminal_is_the_same_object() -> None:
    """What does something to a terminal is written as JSON has it; what people read is not."""
    plain = '{"text":"café \U0001f642 \u4f60"}'.encode()
    assert printable(plain) is plain
    every = "".join(chr(number) for number in range(0x20, 0x110000) if not 0xD800 <= number <= 0xDFFF)
    line = msgspec.json.encode({"text": every})
    shown = printable(line).decode()
    assert shown.isprintable()
    assert msgspec.json.decode(shown) == {"text": every}
    assert printable(b'{"a":\t"\x7f\xc2\x9b"\r}\x1b') == b'{"a": "\\u007f\\u009b" }\\u001b'
    assert printable(b'{"a":"\xff"}').decode().isprintable()


def test_a_refusal_of_what_was_no_command_is_one() -> None:
    """C{"refused": null} is a refusal, and an object without the key is none."""
    refused, other = read_head(b'{"refused":null,"code":"too-slow","why":"x"}'), read_head(b'{"code":"x"}')
    assert refused is not None
    assert refused.refused is None
    assert other is not None
    assert other.refused is msgspec.UNSET
