"""JSON lines: what programs write and read."""

import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.errors import ChatError, NotAllowed
from chatd.core.room import Envelope
from chatd.core.session import Phase
from chatd.dialects.jsonl import NAMES, JsonDialect
from chatd.testing import World

SAID = events.Said(room="lobby", seq=118, who="alice", at=1766000000123, text="hi")


def dialect(name: str | None = None) -> JsonDialect:
    made = JsonDialect(16384)
    if name is not None:
        made.answer(events.LoggedIn(name=name, at=1, rooms=(), settings={}), commands.Ping())
    return made


def parsed(line: str | bytes) -> Command | bytes:
    return dialect().parse(line.encode() if isinstance(line, str) else line, Phase.CHATTING)


def refused(line: str | bytes, made: JsonDialect | None = None) -> dict[str, Any]:
    """What a peer reads that sent this."""
    made = made or dialect()
    with pytest.raises(ChatError) as caught:
        made.parse(line.encode() if isinstance(line, str) else line, Phase.CHATTING)
    wire = made.refuse(caught.value, None)
    assert wire.endswith(b"\n")
    assert wire.count(b"\n") == 1
    said: dict[str, Any] = json.loads(wire)
    return said


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ('{"do":"login","ref":"1","name":"alice","password":"x"}',
         commands.Login(ref="1", name="alice", password="x")),
        ('{"do":"register","name":"alice","password":"x","invite":"i","recent":5}',
         commands.Register(name="alice", password="x", invite="i", recent=5)),
        ('{"do":"join","ref":"2","room":"lobby"}', commands.Join(ref="2", room="lobby")),
        ('{"do":"say","ref":"3","room":"lobby","text":"hi","cid":"7f3a-17"}',
         commands.Say(ref="3", room="lobby", text="hi", cid="7f3a-17")),
        ('{"do":"history","ref":"4","room":"lobby","before":120,"limit":50}',
         commands.History(ref="4", room="lobby", before=120, limit=50)),
        ('{"do":"resume","name":"a","password":"x","seen":{"lobby":117}}',
         commands.Resume(name="a", password="x", seen={"lobby": 117})),
        (' { "text" : "\\u2603" , "do" : "msg", "to":"bob" } ', commands.Msg(to="bob", text="☃")),
        ('{"do":"ping","unknown":[1,{"x":null}],"ref":null}', commands.Ping()),
        ('{"do":"ping"}\r', commands.Ping()),
    ],
)  # fmt: skip
def test_what_a_program_may_write(line: str, command: Command) -> None:
    """One object per line, in any order, with fields of the future passed over."""
    assert parsed(line) == command


def test_every_command_can_be_written() -> None:
    """A program can do all that there is, under the name that the list of commands says."""
    assert sorted(NAMES) == sorted(kind.__struct_config__.tag for kind in get_args(commands.Any))
    for kind in get_args(commands.Any):
        assert kind.__struct_config__.tag_field == "do"


@pytest.mark.parametrize("line", ["", " ", "\t", "\r"])
def test_blank_lines_are_nothing(line: str) -> None:
    """An empty line is no command and gets no answer."""
    assert parsed(line) == b""


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        ("[1]", "bad-json", "object"), ("17", "bad-json", "object"), ('"x"', "bad-json", "object"),
        ("null", "bad-json", "object"), ("hello", "bad-json", "not a JSON object"), ("{", "bad-json", "not a JSON"),
        ('{"do":"ping"} {"do":"ping"}', "bad-json", "not a JSON object on one line"),
        ("{}", "bad-json", "`do`"), ('{"do":5}', "bad-json", "`$.do`"), ('{"do":null}', "bad-json", "`$.do`"),
        ('{"do":"mgs"}', "unknown-command", "'mgs'"), ('{"do":""}', "unknown-command", "msg"),
        ('{"do":"Ping"}', "unknown-command", "ping"),
        ('{"do":"say","text":"x"}', "bad-json", "`room`"), ('{"do":"say","room":"x"}', "bad-json", "`text`"),
        ('{"do":"say","room":5,"text":"x"}', "bad-json", "`$.room`"),
        ('{"do":"say","room":"x","text":["x"]}', "bad-json", "`$.text`"),
        ('{"do":"say","room":"x","text":"x","kind":"shout"}', "bad-json", "`$.kind`"),
        ('{"do":"say","room":"x","text":"x","cid":""}', "bad-json", "`$.cid`"),
        ('{"do":"say","room":"x","text":"x","cid":"' + "x" * 65 + '"}', "bad-json", "`$.cid`"),
        ('{"do":"ping","ref":"%s"}' % ("x" * 129), "bad-json", "`$.ref`"),
        ('{"do":"history","room":"x","limit":0}', "bad-json", "`$.limit`"),
        ('{"do":"history","room":"x","limit":201}', "bad-json", "`$.limit`"),
        ('{"do":"history","room":"x","limit":1.5}', "bad-json", "`$.limit`"),
        ('{"do":"history","room":"x","limit":true}', "bad-json", "`$.limit`"),
        ('{"do":"history","room":"x","before":-1}', "bad-json", "`$.before`"),
        ('{"do":"history","room":"x","before":1e999}', "bad-json", "`$.before`"),
        ('{"do":"history","room":"x","before":%s}' % ("9" * 400), "bad-json", "`$.before`"),
        ('{"do":"history","room":"x","before":9007199254740993}', "bad-json", "`$.before`"),
        ('{"do":"resume","name":"a","password":"x","seen":{"lobby":"1"}}', "bad-json", "`$.seen"),
        ('{"do":"resume","name":"a","password":"x","seen":[]}', "bad-json", "`$.seen`"),
        ('{"do":"ban","target":"x","until":253370764800000}', "bad-json", "`$.until`"),
        ('{"do":"make-invitation","uses":10001}', "bad-json", "`$.uses`"),
        ('{"do":"ping","x":%s' % ("[" * 5000), "bad-json", "too deep"),
        ('{"x":' * 3000, "bad-json", "too deep"),
        ('{"do":"say","room":"x","text":"\\ud800"}', "bad-json", "not a JSON"),
        (b'{"do":"ping","ref":"\xff"}', "bad-text", "UTF-8"), (b"\xff\xfe", "bad-text", "UTF-8"),
        (b'{"do":"ping","ref":"\xed\xa0\x80"}', "bad-text", "UTF-8"),
        (b'{"do":"ping","ref":"a\x01b"}', "bad-text", "control"), (b"\0", "bad-text", "control"),
        (b'{"do":"ping"}\0', "bad-text", "control"),
    ],
)  # fmt: skip
def test_what_a_program_may_not_write(line: str | bytes, code: str, why: str) -> None:
    """Every mistake has a code, and the sentence names the field or the byte."""
    said = refused(line)
    assert said["code"] == code
    assert why in said["why"]


@pytest.mark.parametrize(
    ("line", "do", "ref"),
    [
        ('{"do":"say","ref":"9","room":5}', "say", "9"), ('{"ref":"9","do":"mgs"}', "mgs", "9"),
        ('{"do":5,"ref":"9"}', None, "9"), ('{"do":"say","ref":9}', "say", None), ("[]", None, None), ("{", None, None),
        ('{"do":"' + "x" * 65 + '","ref":"' + "y" * 129 + '"}', None, None),
    ],
)  # fmt: skip
def test_a_refusal_says_what_it_refuses_as_far_as_that_can_be_told(line: str, do: str | None, ref: str | None) -> None:
    """A program finds its future by the ref even where the command was broken."""
    said = refused(line)
    assert (said["refused"], said["ref"]) == (do, ref)


def test_the_ref_of_one_mistake_is_not_that_of_the_next() -> None:
    """A refusal of a line without ref has none, whatever came before."""
    made = dialect()
    assert refused('{"do":"mgs","ref":"9"}', made)["ref"] == "9"
    assert refused("[]", made)["ref"] is None
    refused('{"do":"mgs","ref":"9"}', made)
    assert json.loads(made.refuse(NotAllowed("x"), None))["ref"] is None


def test_refusals_of_commands_carry_all_there_is_to_know() -> None:
    """Code, sentence, rule, who set it, until when, and the command's own mark."""
    refusal = NotAllowed("#ops is by invitation.", rule="access is invite", set_by="carol", until=5)
    assert json.loads(dialect().refuse(refusal, commands.Join(room="ops", ref="2"))) == {
        "refused": "join", "ref": "2", "code": "not-allowed", "why": "#ops is by invitation.",
        "until": 5, "rule": "access is invite", "set_by": "carol",
    }  # fmt: skip


def test_answers_carry_the_ref() -> None:
    """The answer to a command is found by its mark; without a mark there is none."""
    done = events.SayDone(room="lobby", seq=118, at=1766000000123)
    expected = {"done": "say", "room": "lobby", "seq": 118, "at": 1766000000123, "again": False}
    assert json.loads(dialect().answer(done, commands.Ping(ref='"3\n☃'))) == expected | {"ref": '"3\n☃'}
    wire = dialect().answer(done, commands.Ping())
    assert json.loads(wire) == expected
    assert wire.endswith(b"}\n")


def test_events_say_who_made_them() -> None:
    """One's own line is marked as own, on every device; and with the ref on the one that said it."""
    expected = {
        "event": "said", "room": "lobby", "seq": 118, "from": "alice", "text": "hi", "kind": "text",
        "at": 1766000000123,
    }  # fmt: skip
    session = World().session()
    envelope = Envelope(SAID, session, "r3")
    assert json.loads(dialect("alice").hear(envelope, mine=True)) == expected | {"own": True, "ref": "r3"}
    assert json.loads(dialect("alice").hear(envelope, mine=False)) == expected | {"own": True}
    assert json.loads(dialect("bob").hear(envelope, mine=False)) == expected


def test_a_guest_knows_its_lines_by_its_new_name() -> None:
    """Own is what one said oneself, whatever one was called before."""
    made = dialect("gale")
    made.hear(Envelope(events.Renamed(who="bob", name="rob", at=1)), mine=False)
    made.hear(Envelope(events.Renamed(who="gale", name="alice", at=1)), mine=True)
    assert json.loads(made.hear(Envelope(SAID), mine=False))["own"] is True


def test_all_programs_share_one_rendering() -> None:
    """The bytes of an event are made once, however many programs read them."""
    envelope = Envelope(SAID)
    assert dialect("bob").hear(envelope, mine=False) is dialect("carol").hear(envelope, mine=False)


def test_programs_are_neither_greeted_nor_asked() -> None:
    """A program speaks first and is shown no prompt."""
    made = dialect()
    assert (made.greet(), made.prompt, made.holds, made.tick(), made.interrupt()) == (b"", None, False, b"", b"")
    assert made.line_limit == 16384


@given(st.binary() | st.text().map(str.encode))
def test_any_line_is_a_command_a_blank_or_a_refusal(line: bytes) -> None:
    """Whatever is sent, the answer is one line of JSON, and nothing is a fault."""
    try:
        command = parsed(line)
    except ChatError as wrong:
        refusal: ChatError | None = wrong
    else:
        refusal = None
        assert command == b"" or isinstance(command, Command)
    if refusal is not None:
        assert json.loads(dialect().refuse(refusal, None))["code"] in ("bad-json", "bad-text", "unknown-command")


@given(st.sampled_from(get_args(events.AnyEvent)), st.text(), st.integers(0, 2**53))
def test_every_event_is_one_line(kind: type[events.Event], text: str, number: int) -> None:
    """No text can break out of its line, and none is changed on the way."""
    values: dict[object, object] = {str: text, int: number, int | None: number, str | None: text, bool: True}
    needed = [field for field in msgspec.structs.fields(kind) if field.required or field.type is str]
    fields = {field.name: values[field.type] for field in needed}
    event = kind(**fields)
    wire = dialect("alice").hear(Envelope(event), mine=False)
    assert wire.endswith(b"\n")
    assert not set(wire[:-1]) & set(range(32))
    if "event" in json.loads(wire):
        read: object = msgspec.json.decode(wire, type=events.AnyEvent)
        assert read == event
