"""C{--auth chatd:PATH} finds the plugin, and says what is wrong with a path."""

from pathlib import Path

import pytest
from twisted.cred.strcred import InvalidAuthArgumentString, findCheckerFactory, makeChecker
from twisted.internet.testing import MemoryReactorClock

from chatd.auth.strcred import PlainChecker
from chatd.cred import make_checker
from chatd.store import schema


def test_the_plugin_is_found() -> None:
    """Every Twisted program lists it, with a word on what it does."""
    factory = findCheckerFactory("chatd")
    assert factory.argStringFormat == "PATH"
    assert "chatd" in factory.authHelp
    assert factory.credentialInterfaces == PlainChecker.credentialInterfaces


@pytest.mark.parametrize("argument", ["chatd:/nowhere/chatd.sqlite", "chatd:", "chatd"])
def test_no_database(argument: str) -> None:
    """It is said, and none is made."""
    with pytest.raises(InvalidAuthArgumentString, match="cannot be read"):
        makeChecker(argument)


def test_a_database_of_another_version(tmp_path: Path) -> None:
    """It is said what to do."""
    schema.prepare(tmp_path / "old", 1, schema.migrations()[:1])
    with pytest.raises(InvalidAuthArgumentString, match=r"Start the daemon of this chatd on it once\.$"):
        make_checker(tmp_path / "old", MemoryReactorClock())


def test_the_threads_begin_and_end_with_the_reactor(tmp_path: Path) -> None:
    """A program that only lists its options leaves nothing behind."""
    schema.prepare(tmp_path / "chatd.sqlite", 1)
    reactor = MemoryReactorClock()
    assert isinstance(make_checker(tmp_path / "chatd.sqlite", reactor), PlainChecker)
    assert "shutdown" in reactor.triggers["during"]
    assert reactor.whenRunningHooks
