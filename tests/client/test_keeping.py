"""A kept login: it is there at the next start, for its owner alone, and gone when it is to be gone."""

import os
import stat
from pathlib import Path

import pytest

from chatd.client.keeping import LONGEST_FILENAME, Kept, folder_for

TOKEN = "chatd_s_" + "x" * 43


class Shelf:
    """Two starts of chatc after one another, on one disk."""

    def __init__(self, state: Path, server: str = "chat.example.org:9999") -> None:
        self.folder = folder_for(state, server)
        self.complaints: list[str] = []

    def start(self) -> Kept:
        return Kept(self.folder, self.complaints.append)

    @property
    def file(self) -> Path:
        (file,) = self.folder.iterdir()
        return file


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A machine on which nothing is kept yet."""
    return Shelf(tmp_path / "state" / "chatd")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_kept_is_there_at_the_next_start(shelf: Shelf) -> None:
    """However the name is written; for no other account, and for no other server."""
    assert shelf.start().token("alice") == ""
    assert shelf.start().wants("alice")
    shelf.start().keep("Alice", TOKEN)
    assert shelf.start().token("alice") == TOKEN
    assert not shelf.start().wants("alice")
    assert shelf.start().token("bob") == ""
    assert Shelf(shelf.folder.parent.parent, "chat.example.org:7000").start().token("alice") == ""


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_nobody_else_can_read_it(shelf: Shelf, umask: int) -> None:
    """The file is 0600 and the folders are 0700, whatever the umask and whatever the folders were before."""
    shelf.folder.mkdir(parents=True)
    shelf.folder.chmod(0o755)
    shelf.folder.parent.chmod(0o777)
    before = os.umask(umask)
    try:
        shelf.start().keep("alice", TOKEN)
    finally:
        os.umask(before)
    assert mode(shelf.file) == 0o600
    assert mode(shelf.folder) == mode(shelf.folder.parent) == 0o700
    assert shelf.start().token("alice") == TOKEN


def test_it_never_was_readable_by_others(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for a moment: it was private while it was written, whole when it came to its place."""
    seen: list[tuple[int, str]] = []
    replace = os.replace

    def looked_at(fresh: str, path: Path) -> None:
        seen.append((mode(Path(fresh)), Path(fresh).read_text(encoding="ascii")))
        replace(fresh, path)

    monkeypatch.setattr(os, "replace", looked_at)
    before = os.umask(0)
    try:
        shelf.start().keep("alice", TOKEN)
    finally:
        os.umask(before)
    assert seen == [(0o600, f"{TOKEN}\n")]


def test_folders_that_it_makes_are_private_from_the_beginning(shelf: Shelf) -> None:
    """chatd's own folder of state as well, if chatc is the first to need it."""
    before = os.umask(0)
    try:
        shelf.start().keep("alice", TOKEN)
    finally:
        os.umask(before)
    assert mode(shelf.folder.parent.parent) == 0o700


@pytest.mark.parametrize("how", ["readable by others", "a link", "a pipe", "a folder"])
def test_what_is_no_private_file_is_not_used(shelf: Shelf, tmp_path: Path, how: str) -> None:
    """One is asked for the password, and may read why; the next login puts it right."""
    shelf.start().keep("alice", TOKEN)
    file = shelf.file
    if how == "readable by others":
        file.chmod(0o640)
    else:
        file.rename(tmp_path / "elsewhere")
    if how == "a link":
        file.symlink_to(tmp_path / "elsewhere")
    elif how == "a pipe":
        os.mkfifo(file, 0o600)
    elif how == "a folder":
        file.mkdir(mode=0o700)
    kept = shelf.start()
    assert kept.token("alice") == ""
    assert kept.wants("alice")
    if how != "a link":
        assert "is not used" in shelf.complaints[0]
    if how != "a folder":
        kept.keep("alice", TOKEN)
        assert mode(file) == 0o600
        assert not file.is_symlink()
        assert shelf.start().token("alice") == TOKEN


def test_a_disk_that_takes_nothing_is_complained_of(shelf: Shelf) -> None:
    """The conversation goes on, comes back after a loss, and only the next start has to ask."""
    shelf.folder.parent.parent.parent.mkdir(parents=True, exist_ok=True)
    shelf.folder.parent.parent.write_text("no folder", encoding="ascii")
    kept = shelf.start()
    kept.keep("alice", TOKEN)
    assert kept.token("alice") == TOKEN
    assert len(shelf.complaints) == 1
    assert "not kept for the next time" in shelf.complaints[0]
    assert kept.drop("alice")
    assert kept.token("alice") == ""


def test_a_write_that_fails_leaves_the_old_one_and_nothing_else(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk does not make half a token."""
    shelf.start().keep("alice", TOKEN)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    shelf.start().keep("alice", "chatd_s_" + "y" * 43)
    assert shelf.file.read_text(encoding="ascii") == f"{TOKEN}\n"
    assert "No space left" in shelf.complaints[0]


def test_dropping(shelf: Shelf) -> None:
    """A refused token goes, but not the one that another chatc has put in its place meanwhile."""
    first, second = shelf.start(), shelf.start()
    first.keep("alice", TOKEN)
    second.keep("alice", TOKEN + "2")
    assert not first.drop("alice", TOKEN)
    assert first.token("alice") == TOKEN + "2"
    assert first.drop("alice", TOKEN + "2")
    assert first.token("alice") == ""
    assert not first.drop("alice")


def test_forgetting_a_server(shelf: Shelf) -> None:
    """All accounts of it, and what a crash may have left half written; one reads which they were."""
    assert shelf.start().drop_all() == []
    for name in ("alice", "bob"):
        shelf.start().keep(name, TOKEN)
    (shelf.folder / ".unfinished").touch()
    assert shelf.start().drop_all() == ["alice", "bob"]
    assert list(shelf.folder.iterdir()) == []


def test_forgetting_goes_on_after_what_cannot_be_removed(shelf: Shelf) -> None:
    """What is left is named, so that one can see to it."""
    for name in ("alice", "carol"):
        shelf.start().keep(name, TOKEN)
    (shelf.folder / "bob").mkdir()
    assert shelf.start().drop_all() == ["alice", "carol"]
    assert [path.name for path in shelf.folder.iterdir()] == ["bob"]
    (complaint,) = shelf.complaints
    assert f"{shelf.folder / 'bob'} cannot be removed" in complaint
    assert not shelf.start().drop("bob")
    assert shelf.complaints[-1] == complaint


def test_a_folder_that_cannot_be_looked_into(shelf: Shelf) -> None:
    """Nothing is forgotten, and that is said."""
    shelf.folder.parent.mkdir(parents=True)
    shelf.folder.write_text("no folder", encoding="ascii")
    assert shelf.start().drop_all() == []
    assert "nothing is forgotten" in shelf.complaints[0]


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "\x1b[2J", "é", "x" * 5000])
def test_what_is_no_token_is_not_kept(shelf: Shelf, token: str) -> None:
    """A server that gives something else does not fill the disk, nor does it put lines into a file."""
    shelf.start().keep("alice", token)
    assert not shelf.folder.exists()


def test_what_cannot_be_removed_is_not_used_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that became read-only does not have the client try a refused token for ever."""

    def stuck(path: Path) -> None:
        raise PermissionError

    shelf.start().keep("alice", TOKEN)
    kept = shelf.start()
    monkeypatch.setattr(Path, "unlink", stuck)
    kept.drop("alice", TOKEN)
    assert kept.token("alice") == ""


def test_without_a_folder_nothing_is_kept() -> None:
    """--no-remember keeps nothing, not even in memory, and looks for nothing."""
    kept = Kept()
    kept.keep("alice", TOKEN)
    assert (kept.token("alice"), kept.wants("alice"), kept.remembers, kept.drop("alice")) == ("", False, False, False)
    assert kept.drop_all() == []


@pytest.mark.parametrize("server", ["../../etc:1", "unix:/run/chatd.socket", "tls:[::1]:7", "x" * 5000, ".."])
def test_no_address_leads_elsewhere(tmp_path: Path, server: str) -> None:
    """Whatever an address or a name holds, its file is where all of them are."""
    folder = folder_for(tmp_path, server)
    assert folder.parent == tmp_path / "tokens"
    assert folder.name != ".."
    assert len(folder.name) <= LONGEST_FILENAME
    kept = Kept(folder)
    kept.keep("../evil", TOKEN)
    kept.keep("é" * 32, TOKEN)
    assert [path.is_file() for path in folder.iterdir()] == [True]
    assert not (tmp_path / "evil").exists()
