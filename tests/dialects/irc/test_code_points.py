"""Whatever is said, on whatever face: all code points that there are, both ways."""

import sys
import unicodedata
from collections.abc import Iterator

from chatd.core import names
from chatd.core.errors import BadText
from chatd.testing import Remote, World
from tests.dialects.irc.clients import IrcClient, Said, guest, world
from tests.dialects.irc.verbs.talk.test_messages import MODERN, PLENTY

LINE = 100  # characters, which are at most 400 bytes


def allowed(character: str) -> bool:
    """Whether the core lets a character through: what it does not, is tried one by one."""
    try:
        names.clean(character)
    except BadText:
        return False
    return True


EVERY = [chr(each) for each in range(sys.maxunicode + 1)]
GOOD = [each for each in EVERY if allowed(each)]
BAD = [each for each in EVERY if not allowed(each)]
BAD_ONES = frozenset(BAD)
UNSAFE = ("Cc", "Zl", "Zp", "Cs")
WAYS = ("PRIVMSG #test :x{}y", "PRIVMSG pat :\1ACTION x{}y\1", "PRIVMSG pat :x{}y", "@+x={} PRIVMSG #test :xy")


def chunks(size: int) -> Iterator[str]:
    """All that may be said, so many characters at a time; each piece begins and ends with a letter."""
    for start in range(0, len(GOOD), size):
        yield f"x{''.join(GOOD[start : start + size])}x"


def scene() -> tuple[World, IrcClient, Remote, Remote]:
    """An IRC client, a person at a terminal and a program in one room."""
    there = world(limits=PLENTY)
    foo, person, program = guest(there, "foo", *MODERN, "draft/multiline"), there.person("pat"), there.program("prog")
    foo.sends("JOIN #test")
    person.types("/join #test")
    program.asks(do="join", room="test")
    foo.lines()
    person.sees()
    return there, foo, person, program


def is_harmless(shown: str) -> bool:
    """Whether a terminal does with it what it does with letters."""
    letters = set(shown.replace("\r\n", ""))
    return BAD_ONES.isdisjoint(letters) and not any(unicodedata.category(each) in UNSAFE for each in letters)


def test_from_irc_to_a_terminal() -> None:
    """No text of IRC's has a control byte there, or makes a line that it is not."""
    _, foo, person, _ = scene()
    lines = [*chunks(LINE)]
    for start in range(0, len(lines), 9):
        told = foo.sends(
            "BATCH +1 draft/multiline #test",
            *(f"@batch=1 PRIVMSG #test :{line}" for line in lines[start : start + 9]),
            "BATCH -1",
        )
        assert told[0].command == "BATCH", told
        shown = person.sees()
        assert is_harmless(shown)
        assert shown.count("\r\n") == len(lines[start : start + 9])
        assert shown.startswith("foo: x")
    bad = [each for each in BAD if each not in "\0\r\n" and not 0xD800 <= ord(each) < 0xE000]
    for way in WAYS:
        foo.sends(*(way.format(each) for each in bad))
        assert is_harmless(person.sees())
    foo.sends(*(f"PRIVMSG pat :\1x{each}y\1" for each in bad))
    assert person.sees() == ""


def test_from_other_faces_to_irc() -> None:
    """Each line is one line there, with the text that was said."""
    _, foo, _, program = scene()
    for text in chunks(1000):
        program.sends(do="say", room="test", text=text, tags={"+x": text[:200]})
        told = foo.reads()
        said = "".join(each.params[-1] for each in told if each.command == "PRIVMSG")
        assert said == unicodedata.normalize("NFC", text)
        assert told[0].tags["+x"] == text[:200]
        assert all(are_of(told))
    program.objects()
    for each in BAD:
        program.sends(do="say", room="test", text=f"x{each}y")
        program.sends(do="say", room="test", text="xy", tags={"+x": each})
        program.sends(do="say", room="test", text="xy", kind="action", tags={f"+{each}": ""})
        program.sends(do="relay", to="test", text=f"x{each}y")
        program.sends(do="delete", room="test", reason=f"x{each}y")
        told = foo.reads()
        assert all(are_of(told))
        heard = {each.params[1] for each in told if each.command == "PRIVMSG"}
        assert heard <= {"x", "y", "xy", "x\1y", "\1ACTION xy\1"}


def are_of(told: list[Said]) -> Iterator[bool]:
    """Whether messages are of the program, and of the kinds that it has sent."""
    for each in told:
        yield each.nick == "prog" and each.command in ("PRIVMSG", "BATCH", "REDACT")
        yield len(each.line.partition(" ")[2].encode()) <= 510
