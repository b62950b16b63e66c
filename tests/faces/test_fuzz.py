# ruff: noqa: RUF001 - letters that look alike are what some of this is about
"""
Ten thousand random byte sequences of every shape against the face: no fault, nothing in the log above info, and
nothing left behind when the peer goes.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from random import Random

import pytest
from twisted.internet.interfaces import ITCPTransport
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from zope.interface import implementer

from chatd.dialects.jsonl import NAMES
from chatd.dialects.text import grammar
from chatd.testing import PASSWORD, Remote, World
from tests.faces.doubles import connect, world

SEQUENCES = 10_000
BATCHES = 20

CHARACTERS = 'aZ09 /#@_-.:*"\\{}[]\r\n\t\0\x1b\x7f\x85\u2028\u202eéе\u0301ß漢🙂\ufeff'
WORDS = [
    "alice", "bob", "lobby", "#lobby", "#dev", "@bob", "dev", "", "-1", "0", "5", "200", "9" * 30, "2h", "7d",
    "2025-12-17",
    "9999-12-31", "0001-01-01", "on", "off", "time", "zone", "hold", "colour", "Europe/Berlin", "../..", "x" * 40,
    "x" * 300,
    "login", "register", "help", "/help", "hello there", PASSWORD, "\x1b[2J", "café", "☃" * 50, "admin", "*", "--",
    "**",
]  # fmt: skip
VALUES: list[object] = [
    *WORDS, None, True, 0, 1, -1, 2**53, 2**70, 1.5, 1e300, [], {}, [[]], {"lobby": 1}, {"@bob": 0}, {"#dev": 2**60},
    "\ud800",
]  # fmt: skip
FIELDS = (
    "ref name password recent invite seen reason room pattern text to kind cid limit before after since ago "
    "old new value"
).split()


# Telnet's commands, line ends, the carriage return before a prompt, colours.
OURS = re.compile(rb"\xff[\xfb-\xfe].|\r\n|\r|\x1b\[[0-9]+m", re.DOTALL)


@implementer(ILogObserver)
class Loud:
    """What was logged above info."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        level = event.get("log_level")
        if level is not None and level > LogLevel.info:
            self.events.append(f"{formatEvent(event)} {event.get('log_failure', '')}")


@pytest.fixture
def loud() -> Iterator[Loud]:
    observer = Loud()
    globalLogPublisher.addObserver(observer)
    yield observer
    globalLogPublisher.removeObserver(observer)


# Shapes.


def noise(chance: Random) -> bytes:
    """Any bytes, few or many."""
    return chance.randbytes(chance.choice((1, 3, 10, 100, 1000)))


def telnet(chance: Random) -> bytes:
    """What looks like telnet, whole and broken."""
    pieces = (
        b"\xff",
        b"\xff\xff",
        b"\xff\xf4",
        b"\xff\xfa",
        b"\xff\xf0",
        b"\xff\xfd\x06",
        b"hello",
        b"\r\n",
        b"\r\0",
        b"alice\r\n",
    )
    made = [
        chance.choice(pieces)
        if chance.random() < 0.6
        else bytes((255, chance.randrange(240, 256), chance.randrange(256)))
        for _ in range(chance.randrange(1, 40))
    ]
    return b"".join(made)


def typed(chance: Random) -> bytes:
    """Commands with odd words, and odd lines."""
    lines = []
    for _ in range(chance.randrange(1, 6)):
        name = chance.choice([name for usage in grammar.TABLE for name in usage.names])
        words = [chance.choice(WORDS) for _ in range(chance.randrange(4))]
        if chance.random() < 0.8:
            name = chance.choice((name, name.upper(), name[: chance.randrange(len(name) + 1)], name + "x"))
            words = ["/" + name, *words]
        lines.append(" ".join(words))
    return "\r\n".join(lines).encode() + b"\r\n"


def unicode(chance: Random) -> bytes:
    """Lines of all that Unicode has."""
    made = "".join(
        chance.choice(CHARACTERS) if chance.random() < 0.7 else chr(chance.randrange(0x110000))
        for _ in range(chance.randrange(1, 80))
    )
    return made.encode(errors="surrogatepass") + chance.choice((b"\r\n", b"\n", b""))


def objects(chance: Random) -> bytes:
    """JSON commands with any field and any value."""
    lines = []
    for _ in range(chance.randrange(1, 5)):
        made = {field: chance.choice(VALUES) for field in chance.sample(FIELDS, chance.randrange(8))}
        if chance.random() < 0.95:
            made["do"] = chance.choice(NAMES)
        lines.append(json.dumps(made, ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass"))
    return b"\n".join(lines) + b"\n"


def mutated(chance: Random) -> bytes:
    """JSON with a few bytes changed, doubled or lost."""
    data = bytearray(objects(chance))
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 9)]
            case 2:
                data[at:at] = data[at : at + chance.randrange(1, 60)] * chance.choice((1, 2, 50))
            case _:
                data[at:at] = chance.choice((b"{", b"[" * 600, b'"', b"\\u", b"\0", b"\n", b"1e9999", b"\xff"))
        data = data or bytearray(b"{")
    return b"{" + bytes(data)


def long(chance: Random) -> bytes:
    """Lines around the limits, and no line at all."""
    size = chance.choice((2047, 2048, 2049, 4096, 16383, 16384, 16385, 40_000))
    return chance.choice((b"x", b"{", b"\n", b"\xff", b"\r\0", b'{"do":"ping"}\n')) * size


SHAPES: tuple[Callable[[Random], bytes], ...] = (noise, telnet, typed, unicode, objects, mutated, long)


# Peers.


def person(chat: World) -> Remote:
    """In the middle of the first question."""
    return chat.person()


def at_password(chat: World) -> Remote:
    """In the middle of a hidden one."""
    remote = chat.person()
    remote.types("alice")
    return remote


def member(chat: World) -> Remote:
    """A person in a room."""
    return chat.person("alice")


def program(chat: World) -> Remote:
    """A program in a room."""
    return chat.program("alice")


def silent(chat: World) -> Remote:
    """Nobody yet."""
    return connect(chat, ITCPTransport)


PEERS = (person, at_password, member, program, silent)


def cut(chance: Random, data: bytes) -> Iterator[list[bytes]]:
    """The ways in which the network may cut it: not at all, somewhere, at every place, or (short ones) bytewise."""
    match chance.randrange(10):
        case 0 if len(data) <= 24:
            for at in range(1, len(data)):
                yield [data[:at], data[at:]]
        case 1 if len(data) <= 200:
            yield [data[at : at + 1] for at in range(len(data))]
        case 2 | 3 | 4:
            at = chance.randrange(len(data) + 1)
            yield [data[:at], data[at:]]
        case _:
            yield [data]


def assert_nothing_left(chat: World) -> None:
    """The peer has gone, and so has everything of it."""
    chat.clock.advance(0)
    hub, factory = chat.hub, chat.factory
    assert not hub.avatars
    assert not hub.rooms
    assert not factory.faces
    assert not factory.admission.waiting
    assert not factory.admission._open
    assert chat.clock.getDelayedCalls() == []


def assert_is_fit_to_be_shown(shown: bytes) -> None:
    """Nobody's screen gets a control character but line ends, colours that were asked for and telnet's own."""
    if shown.startswith((b"\x15\x03", b"{")):
        return
    text = OURS.sub(b"", shown).decode()
    assert not [each for each in text if unicodedata.category(each) in ("Cc", "Zl", "Zp")], ascii(text)


def assert_is_alive(remote: Remote) -> None:
    """A program that has sent what it wanted, and was not closed for it, is still heard and answered."""
    remote.gives(b"\n")
    remote.world.pass_time(20)
    if remote.is_closed or len(remote.face._lines):
        return
    assert remote.transport.producerState == "producing"
    remote.received()
    remote.sends(do="ping", ref="alive")
    assert b'"ref":"alive"' in remote.received() or remote.is_closed


def run(chat: World, chance: Random, count: int) -> tuple[int, set[str]]:
    """As many sequences; how many there were, and which codes were heard."""
    done, heard = 0, set()
    while done < count:
        peer, shape = chance.choice(PEERS), chance.choice(SHAPES)
        data = shape(chance)
        for chunks in cut(chance, data):
            remote = peer(chat)
            remote.received()
            for chunk in chunks:
                if chunk:
                    remote.gives(chunk)
            match chance.randrange(8):
                case 3 if peer is program:
                    assert_is_alive(remote)
                case 0:
                    chat.pass_time(chance.choice((1, 3, 70, 200)))
                case 1:
                    remote.face.readConnectionLost()
                case 2 if not remote.is_closed:
                    remote.transport.producer.pauseProducing()
                    chat.pass_time(1)
            shown = remote.received()
            heard |= {code for code in CODES if code.encode() in shown}
            assert_is_fit_to_be_shown(shown)
            remote.goes()
            assert_nothing_left(chat)
            done += 1
    return done, heard


CODES = (
    "bad-text", "bad-json", "bad-name", "bad-password", "bad-arguments", "unknown-command", "not-now", "too-long",
    "too-late",
    "not-in-room", "login-failed", "no-such-account", "name-taken",
)  # fmt: skip


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_bytes(batch: int, loud: Loud) -> None:
    """Whatever a peer sends, however it is cut, logged in or not: refusals, and nothing else."""
    chance = Random(f"chatd {batch}")
    chat = world(registrations=10**6, new_connections_per_address=10**6)
    for name in ("alice", "bob"):
        chat.account(name)
    done, heard = run(chat, chance, SEQUENCES // BATCHES)
    assert done >= SEQUENCES // BATCHES
    assert loud.events == []
    assert heard >= {"bad-text", "bad-json", "unknown-command", "too-long", "not-now"}, "the shapes are worth something"


def test_a_fault_would_be_noticed(loud: Loud, flush_logged_errors: Callable[..., object]) -> None:
    """The net that the other test relies on holds."""
    chat = world()
    alice = chat.person("alice")
    chat.database.run("ALTER TABLE messages RENAME TO gone")
    alice.types("/history")
    assert len(loud.events) == 1
    with pytest.raises(AssertionError):
        assert_nothing_left(chat)
    with pytest.raises(AssertionError):
        assert_is_fit_to_be_shown(b"bob: \x07")
    flush_logged_errors(Exception)
