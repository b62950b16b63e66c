"""Rooms, and the people in them."""

import pytest

from chatd.core import commands
from chatd.core.commands import Command, RoomRole, RoomSet
from tests.dialects.text.doubles import assert_is_refused, read


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/join #dev", commands.Join(room="dev", recent=20)), ("/j dev", commands.Join(room="dev", recent=20)),
        ("/join #dev sesame", commands.Join(room="dev", key="sesame", recent=20)),
        ("/leave", commands.Leave(room="lobby")), ("/part #dev", commands.Leave(room="dev")),
        ("/room", commands.Look(room="lobby")), ("/room #dev", commands.Look(room="dev", recent=20)),
        ("/rooms", commands.Rooms()), ("/list dev", commands.Rooms(pattern="dev")),
        ("/names", commands.Names(room="lobby")), ("/who #dev", commands.Names(room="dev")),
        ("/whois bob", commands.Whois(name="bob")), ("/whois @bob", commands.Whois(name="bob")),
        ("/topic", commands.Topic(room="lobby")),
        ("/topic Printers  and paper", commands.Topic(room="lobby", text="Printers  and paper")),
        ("/invite bob", commands.Invite(room="lobby", name="bob")),
        ("/invite @bob #ops", commands.Invite(room="ops", name="bob")),
        ("/roomset", RoomSet(room="lobby")), ("/mode #dev", RoomSet(room="dev")),
        ("/roomset slow 10s", RoomSet(room="lobby", name="slow", value="10s")),
        ("/roomset #dev ACCESS key", RoomSet(room="dev", name="access", value="key")),
        ("/roomset key open sesame", RoomSet(room="lobby", name="key", value="open sesame")),
        ("/roomset name Ops", commands.RenameRoom(room="lobby", name="Ops")),
        ("/roomset #dev NAME Ops we grow", commands.RenameRoom(room="dev", name="Ops", reason="we grow")),
        ("/op bob", RoomRole(room="lobby", name="bob", role="moderator")),
        ("/op bob #dev", RoomRole(room="dev", name="bob", role="moderator")),
        ("/op bob owner", RoomRole(room="lobby", name="bob", role="owner")),
        ("/op bob OWNER #dev", RoomRole(room="dev", name="bob", role="owner")),
        ("/deop bob", RoomRole(room="lobby", name="bob", role="member")),
        ("/voice bob #dev", RoomRole(room="dev", name="bob", role="voice")),
        ("/devoice bob", RoomRole(room="lobby", name="bob", role="member")),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """A line with a slash becomes a command, for the room that one looks at where none is named."""
    assert read(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "/join", "/join #", "/join #dev two words", "/join #dev " + "x" * 129, "/leave two words", "/room a b",
        "/rooms a b", "/rooms " + "x" * 129, "/names a b", "/whois", "/whois a b", "/invite", "/invite bob #dev x",
        "/roomset name", "/roomset slow", "/roomset #dev slow", "/roomset #", "/roomset x " + "y" * 129, "/op",
        "/op bob a b",
        "/op bob owner a b", "/voice", "/deop", "/devoice bob #",
    ],
)  # fmt: skip
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    assert_is_refused(line)
