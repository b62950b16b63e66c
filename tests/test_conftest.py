"""A test that hangs, leaks, or loses an error fails: shown on planted tests that do it."""

import os
import sys
from pathlib import Path
from subprocess import run

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")

BAD = """
import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.protocol import Factory
from twisted.logger import Logger

async def test_fine():
    assert True

@pytest.mark.deadline(0.2)
async def test_hangs():
    await Deferred()

def test_loses_an_error():
    fail(RuntimeError("lost on the way"))

async def test_loses_an_error_later():
    fail(RuntimeError("lost on the way"))

def test_logs_a_failure():
    try:
        1 / 0
    except ArithmeticError:
        Logger().failure("it broke")

async def test_leaves_a_port():
    reactor.listenTCP(0, Factory(), interface="127.0.0.1")

async def test_leaves_a_call():
    reactor.callLater(60, print)

async def test_raises():
    raise ValueError("raised by the test itself")

async def test_fine_afterwards():
    assert True
"""

GOOD = """
import pytest
from hypothesis import given, strategies
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater

def test_expects_a_failure(flush_logged_errors):
    fail(RuntimeError("expected"))
    assert [str(failure.value) for failure in flush_logged_errors(RuntimeError)] == ["expected"]

async def test_closes_what_it_opened():
    port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(Factory.forProtocol(Protocol))
    client = await TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port).connect(Factory.forProtocol(Protocol))
    client.transport.loseConnection()
    await port.stopListening()

async def test_waits(tmp_path):
    await deferLater(reactor, 0.01)

@given(strategies.integers())
async def test_many(number):
    await deferLater(reactor, 0)

@pytest.mark.parametrize("number", [1, 2])
async def test_parameters(number):
    assert number
"""

NEEDY = """
import pytest

@pytest.mark.needs_program("no-such-program")
def test_needs():
    raise AssertionError("it ran")
"""


def outcome(where: Path, tests: str, **environment: str) -> str:
    """What pytest prints about these tests, under this suite's conftest."""
    (where / "conftest.py").write_text(CONFTEST.read_text())
    (where / "test_planted.py").write_text(tests)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-W",
        "ignore",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(where),
        str(where),
    ]
    cleared = {name: value for name, value in os.environ.items() if name != "CHATD_NO_SKIPS"}
    return run(command, env={**cleared, **environment}, cwd=where, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints about the bad tests."""
    return outcome(tmp_path_factory.mktemp("bad"), BAD)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("FAILED test_planted.py::test_hangs", "deadline of 0.2 s"),
        ("ERROR test_planted.py::test_loses_an_error", "lost on the way"),
        ("ERROR test_planted.py::test_loses_an_error_later", "lost on the way"),
        ("ERROR test_planted.py::test_logs_a_failure", "ZeroDivisionError"),
        ("ERROR test_planted.py::test_leaves_a_port", "left in the reactor"),
        ("ERROR test_planted.py::test_leaves_a_call", "left in the reactor"),
        ("FAILED test_planted.py::test_raises", "raised by the test itself"),
    ],
)
def test_caught(bad: str, name: str, why: str) -> None:
    """Each of the bad tests is reported, with the reason."""
    assert any(line.startswith(name + " ") or line == name for line in bad.splitlines()), bad
    assert why in bad


def test_others_are_not_blamed(bad: str) -> None:
    """What one test left behind is not held against the next."""
    assert "ERROR test_planted.py::test_fine" not in bad
    assert "2 failed, 7 passed, 5 errors" in bad


def test_good_tests_pass(tmp_path: Path) -> None:
    """Tests that clean up, or that expect their failures, pass."""
    assert "6 passed in" in outcome(tmp_path, GOOD)


def test_missing_program_skips_with_a_sentence(tmp_path: Path) -> None:
    """On a machine without the program, the reason says what to install."""
    printed = outcome(tmp_path, NEEDY)
    assert "1 skipped" in printed
    assert "no-such-program is not installed (apt-get install no-such-program)" in printed


def test_missing_program_fails_where_nothing_may_be_skipped(tmp_path: Path) -> None:
    """With C{CHATD_NO_SKIPS=1} the same test is an error."""
    printed = outcome(tmp_path, NEEDY, CHATD_NO_SKIPS="1")
    assert "1 error" in printed
    assert "no-such-program is not installed" in printed
