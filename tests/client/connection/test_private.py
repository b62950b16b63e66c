"""What is for one person alone is so from the first byte, whoever was at the disk before."""

import os
import stat
from pathlib import Path

import pytest

from chatd.client.connection import private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has it before it has its name; a full disk leaves the old one and nothing else."""
    path, done = tmp_path / "file", list[str]()
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        done.append("fsync")
        fsync(descriptor)

    def replaced(old: str, new: Path) -> None:
        done.append("replace")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    private.write(path, "é\n")
    assert done == ["fsync", "replace", "fsync"]
    assert (path.read_text(encoding="utf-8"), mode(path)) == ("é\n", 0o600)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        private.write(path, "new\n")
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ["é\n"]


def test_a_link_in_its_place_is_replaced(tmp_path: Path) -> None:
    """What it leads to stays as it is."""
    precious, path = tmp_path / "precious", tmp_path / "file"
    precious.write_text("precious", encoding="utf-8")
    path.symlink_to(precious)
    private.write(path, "new")
    assert not path.is_symlink()
    assert (precious.read_text(encoding="utf-8"), path.read_text(encoding="utf-8")) == ("precious", "new")


def test_two_who_write_at_once_do_not_write_into_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has an unfinished file of its own; the last one stands."""
    fresh: set[str] = set()
    replace = os.replace

    def replaced(old: str, new: Path) -> None:
        fresh.add(old)
        replace(old, new)

    monkeypatch.setattr(os, "replace", replaced)
    private.write(tmp_path / "file", "one")
    private.write(tmp_path / "file", "two")
    assert len(fresh) == 2


def test_lines_are_added_at_once(tmp_path: Path) -> None:
    """A file that others could read is private from then on."""
    path = tmp_path / "log"
    path.write_text("old\n", encoding="utf-8")
    path.chmod(0o644)
    with private.open_to_add(path) as file:
        assert mode(path) == 0o600
        file.write("new \ud800\n")
        assert path.read_text(encoding="utf-8") == "old\nnew ?\n"


@pytest.mark.parametrize("what", ["link", "dangling link", "pipe", "pipe that is read", "folder"])
def test_what_is_no_file_of_ones_own_is_not_written_to(tmp_path: Path, what: str) -> None:
    """Neither through a link that somebody has planted, nor into a pipe; nor does it wait for a reader."""
    path, precious = tmp_path / "log", tmp_path / "precious"
    reader = None
    if what == "link":
        precious.write_text("precious", encoding="utf-8")
    if "link" in what:
        path.symlink_to(precious)
    elif what == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK) if what.endswith("read") else None
    with pytest.raises(OSError, match=str(path)):
        private.open_to_add(path)
    assert not precious.exists() or precious.read_text(encoding="utf-8") == "precious"
    if reader is not None:
        os.close(reader)
