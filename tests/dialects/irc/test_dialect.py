"""The dialect of one connection: how lines of others are written, and from when on."""

import gc
from collections.abc import Callable
from typing import Any

import pytest

from chatd.core.room import Render
from tests.dialects.irc.clients import IrcClient, account, connected, guest, only, world


def texts(client: IrcClient) -> list[tuple[str, bool]]:
    """What was said, and whether it has the time with it."""
    return [(said.params[-1], "time" in said.tags) for said in only(client.reads(), "PRIVMSG")]


def written(client: IrcClient) -> Render | None:
    """How lines of others are written to it, where that is all there is to do."""
    return client.remote.face._session.render


def test_lines_are_written_as_was_asked_for_last() -> None:
    """A capability that is asked for, or given back, in the midst of it changes the very next line."""
    here = world()
    alice, bob = account(here, "alice"), account(here, "bob")
    for each in (alice, bob):
        each.sends("JOIN #dev")
    alice.sends("PRIVMSG #dev :one")
    assert texts(bob) == [("one", False)]
    bob.remote.gives(b"CAP REQ :server-time\r\n")
    alice.remote.gives(b"PRIVMSG #dev :two\r\n")
    assert texts(bob) == [("two", True)]
    assert written(bob) is not written(alice)
    bob.remote.gives(b"CAP REQ :labeled-response batch\r\n@label=x CAP REQ :-server-time\r\n")
    alice.remote.gives(b"PRIVMSG #dev :three\r\n")
    assert texts(bob) == [("three", False)]
    alice.sends("CAP REQ :batch")
    assert written(bob) is written(alice) is not None, "who asked for the same shares what is written"


def test_nothing_is_written_for_who_has_not_arrived() -> None:
    """Who and where it is comes first; until then the dialect keeps what it hears."""
    client = connected(world())
    client.sends("CAP LS 302", "NICK dave", "USER dave 0 * :Dave")
    assert written(client) is None
    client.sends("CAP END")
    assert written(client) is not None


def test_nobody_hears_its_own_lines_as_those_of_others() -> None:
    """Not with others' lines around them, and in two connections of one account."""
    here = world()
    one, two, carol = account(here, "alice"), account(here, "alice"), guest(here, "carol")
    for each in (one, carol):
        each.sends("JOIN #dev")
    two.reads()
    here.database.waiting = []
    for client, text in ((carol, "a"), (one, "b"), (carol, "c")):
        client.remote.gives(f"PRIVMSG #dev :{text}\r\n".encode())
    here.database.let_go()
    assert texts(one) == [("a", False), ("c", False)]
    assert texts(two) == [("a", False), ("b", False), ("c", False)]
    assert texts(carol) == [("b", False)]


def test_a_fault_ends_what_it_was_of(
    monkeypatch: pytest.MonkeyPatch, flush_logged_errors: Callable[..., list[Any]]
) -> None:
    """What is told later is told, and not gathered for an answer that never comes."""
    here = world()
    alice = account(here, "alice")
    alice.sends("CAP REQ :labeled-response batch echo-message", "JOIN #dev")
    alice.reads()
    gc.disable()  # which would end it some time
    try:
        monkeypatch.setattr(here.database, "read", _broken)
        alice.sends("@label=1 WHO #dev")
        monkeypatch.undo()
        alice.remote.gives(b"PRIVMSG #dev :still here\r\n")
        assert texts(alice) == [("still here", False)]
    finally:
        gc.enable()
    assert len(flush_logged_errors(KeyError)) == 1


def _broken(work: object) -> object:
    raise KeyError("broken")
