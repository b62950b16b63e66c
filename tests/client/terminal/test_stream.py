"""The conversation as one stream of lines, and in a file of one's own."""

import stat
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from chatd.client.model.observer import Audience
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.terminal.stream import Stream
from chatd.client.terminal.transcript import Transcript
from chatd.core.commands import Login
from chatd.testing import PASSWORD, World
from tests.client.model.evening import Someone


class Reader(Someone):
    """Somebody who reads lines."""

    def __init__(self, world: World, name: str) -> None:
        self.lines: list[str] = []
        super().__init__(world, name, enters=False)
        stream = Stream(self.lines.append)
        stream.attach(self)
        self.observer = Audience((self.notes, stream))

    def sees(self) -> list[str]:
        """The lines since the last look."""
        self.turn()
        lines, self.lines[:] = list(self.lines), []
        return lines


@pytest.fixture
def bob() -> Iterator[Someone]:
    """Bob, who has said something before anybody else came."""
    Someone.all.clear()
    world = World()
    world.account("alice")
    bob = Someone(world, "bob")
    bob.types("before")
    yield bob
    for each in Someone.all:
        each.leave()
        each.turn()


@pytest.fixture
def alice(bob: Someone) -> Reader:
    """Alice, who reads along and has read the welcome."""
    alice = Reader(bob.world, "alice")
    alice.enter(Login(name="alice", password=PASSWORD, recent=20), room="lobby")
    alice.turn()
    return alice


def test_coming_in(alice: Reader) -> None:
    """The welcome, and what was said before, each line once."""
    shown = alice.sees()
    assert shown[0].startswith("-- Login successful!")
    assert shown.count("19:33 bob: before") == 1
    assert shown[-1] == "** alice has joined #lobby"


def test_lines_of_all_places(alice: Reader, bob: Someone) -> None:
    """What is not in view says where it was said; one's own lines are on the terminal already."""
    alice.types("/join #dev", "mine")
    alice.sees()
    bob.types("hello", "/me waves", "/msg alice psst", "/join #dev", "and here")
    assert alice.sees() == [
        "#lobby bob: hello",
        "#lobby * bob waves",
        "[bob -> you] psst",
        "** bob has joined #dev",
        "bob: and here",
    ]
    bob.types("/edit and there", "/delete")
    assert alice.sees() == ["** bob corrected line 4 in #dev: and there", "** bob deleted line 4 in #dev"]
    alice.types("/set time on")
    alice.sees()
    bob.types("now")
    assert alice.sees() == ["19:33 bob: now"]


def test_old_lines_once(alice: Reader, bob: Someone) -> None:
    """Looking again shows nothing again."""
    alice.types("/join #dev", "/room #lobby", "/room #dev", "/room #lobby")
    assert alice.sees().count("19:33 bob: before") == 1


def test_what_was_missed_has_its_time(alice: Reader, bob: Someone) -> None:
    """Between a loss and the return it is not said when."""
    alice.sees()
    alice.goes_dark()
    bob.types("missed")
    alice.comes_back()
    shown = alice.sees()
    assert "19:33 bob: missed" in shown
    assert shown[-1] == "-- connected again"


def test_a_transcript(alice: Reader, bob: Someone, tmp_path: Path) -> None:
    """What was said, by whom, where and when, once it is stored; no answers, which may hold a token."""
    path = tmp_path / "chat.log"
    complaints: list[str] = []
    transcript = Transcript(path, UTC, complaints.append)
    alice.observer = transcript
    alice.types("mine", "/token new laptop")
    bob.types("theirs", "/edit corrected")
    alice.goes_dark()
    alice.obey("not yet")
    text = path.read_text(encoding="utf-8")
    assert text.split("\n") == [
        "2025-12-17 19:33:20 #lobby alice: mine",
        "2025-12-17 19:33:20 #lobby bob: theirs",
        "2025-12-17 19:33:20 #lobby ** bob corrected line 5 in #lobby: corrected",
        "",
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    alice.comes_back()
    assert path.read_text(encoding="utf-8").count("alice: not yet") == 1
    alice.leave()
    alice.turn()
    assert complaints == []


def test_a_full_disk_ends_the_transcript(alice: Reader, tmp_path: Path) -> None:
    """It is said once, and the conversation goes on."""
    complaints: list[str] = []
    alice.observer = Transcript(Path("/dev/full"), UTC, complaints.append)
    alice.types("one", "two")
    assert len(complaints) == 1
    assert "/dev/full ends here" in complaints[0]
    with pytest.raises(OSError, match="No such file"):
        Transcript(tmp_path / "nowhere" / "chat.log", UTC, complaints.append)


def test_a_transcript_is_written_to_no_file_of_others(tmp_path: Path) -> None:
    """Not through a link that somebody has planted; and a log that others could read is private from then on."""
    precious, log = tmp_path / "precious", tmp_path / "chat.log"
    precious.write_text("precious", encoding="utf-8")
    log.symlink_to(precious)
    with pytest.raises(OSError, match="is a link; name the file"):
        Transcript(log, UTC, lambda why: None)
    precious.chmod(0o644)
    Transcript(precious, UTC, lambda why: None).ended()
    assert stat.S_IMODE(precious.stat().st_mode) == 0o600


def test_a_transcript_holds_nothing_that_moves_a_cursor(tmp_path: Path) -> None:
    """Whoever looks at it with cat is as safe as in the conversation; nobody writes a line for somebody else."""
    path = tmp_path / "chat.log"
    transcript = Transcript(path, UTC, lambda why: None)
    transcript.line_added(Place("a\x1b[2J"), Line("text", "one\x9b\ntwo", -(2**70), "bob\x1b"))
    transcript.line_added(Place("a"), Line("event", "x\u202e\u2028", 2**70))
    assert path.read_text(encoding="utf-8") == (
        "1970-01-01 00:00:00 #a?[2J bob?: one?\n    two\n9999-01-01 00:00:00 #a ** x??\n"
    )
