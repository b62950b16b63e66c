"""An operator who asks what is wrong is told, with what to do about it, and nothing is changed by asking."""

import os
import pwd
import re
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from chatd.admin import doctor
from chatd.admin.doctor import Finding, examine
from chatd.config import Settings
from chatd.core.settings.limits import Limits
from chatd.store import schema
from tests.admin.certificates import write_certificate
from tests.admin.rows import MESSAGE, NOW, change, make, names_in

HERE = datetime.fromtimestamp(NOW / 1000, UTC)
SETTINGS = Settings(listen=("unix:/run/chatd.socket",), limits=Limits(free_disk=1))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that was used, in a place of its own."""
    place = tmp_path / "state"
    place.mkdir(mode=0o700)
    os.close(schema.lock(place / "chatd.sqlite"))
    return make(place / "chatd.sqlite", "one")


def found(database: Path, **settings: object) -> list[Finding]:
    """All findings, each of which is fit to be read."""
    findings = list(examine(database, msgspec.structs.replace(SETTINGS, **settings), NOW))
    for level, what, do in findings:
        assert re.fullmatch(r"[A-Z][^\n]*\.", what), what
        assert bool(do) == (level != "ok"), "there is something to do about what is not well, and only about that"
    return findings


def trouble(database: Path, **settings: object) -> list[Finding]:
    """The findings that are not well."""
    return [each for each in found(database, **settings) if each.level != "ok"]


def one(findings: list[Finding], about: str) -> Finding:
    """The finding about something."""
    matching = [each for each in findings if about in each.what]
    assert len(matching) == 1, findings
    return matching[0]


def test_all_is_well(database: Path) -> None:
    """Then that is said, thing by thing."""
    findings = found(database)
    assert {each.level for each in findings} == {"ok"}
    said = "\n".join(each.what for each in findings)
    for about in (
        "This is chatd ",
        "Python 3.",
        "Twisted ",
        "SQLite ",
        "No daemon has",
        "is whole",
        "mode 0700",
        "mode 0600",
        "The clock",
    ):
        assert about in said


def test_before_the_first_start(tmp_path: Path) -> None:
    """There is nothing yet, which is well; and asking makes nothing."""
    findings = found(tmp_path / "state" / "chatd.sqlite")
    assert {each.level for each in findings} == {"ok"}
    assert one(findings, "There is no database yet")
    assert one(findings, "There is no directory")
    assert names_in(tmp_path) == []


def test_a_running_daemon_is_seen_and_not_disturbed(database: Path) -> None:
    """It keeps the database, and can write all the while."""
    held = schema.lock(database)
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            assert one(found(database), "A daemon has the database").level == "ok"
            writer.execute("COMMIT")
        assert doctor.is_held(database)
    finally:
        os.close(held)
    assert not doctor.is_held(database)
    os.close(schema.lock(database))


@pytest.mark.parametrize(
    ("version", "level", "said"),
    [
        ((3, 36, 0), "bad", r"SQLite 3\.36\.0 is too old"),
        ((3, 40, 1), "ok", r"let nothing but chatd write to its database"),
        ((3, 51, 3), "ok", r"^SQLite 3\.51\.3\.$"),
    ],
)
def test_versions_of_sqlite(version: tuple[int, ...], level: str, said: str) -> None:
    """The fault of those before 3.51.3 is named."""
    finding = doctor.of_sqlite(version)
    assert finding.level == level
    assert re.search(said, finding.what)


def test_files_that_others_can_read(database: Path) -> None:
    """Password hashes and conversations are in them."""
    database.chmod(0o640)
    Path(f"{database}.lock").chmod(0o644)
    mine = pwd.getpwuid(os.geteuid()).pw_name
    expected = [
        (f"The file {path} is {mine}'s, with mode {mode}: it is not for others' eyes.", f"chmod 600 {path}")
        for path, mode in ((database, "0640"), (f"{database}.lock", "0644"))
    ]
    assert [(each.what, each.do) for each in trouble(database)] == expected
    assert {each.level for each in trouble(database)} == {"bad"}


@pytest.mark.parametrize(
    ("mode", "level"),
    [(0o700, "ok"), (0o750, "warn"), (0o755, "warn"), (0o770, "bad"), (0o777, "bad"), (0o1777, "warn")],
)
def test_a_directory_that_others_can_use(database: Path, mode: int, level: str) -> None:
    """To see what is there is less bad than to put something else there."""
    database.parent.chmod(mode)
    assert one(found(database), f"mode {mode:04o}").level == level


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_elses(database: Path) -> None:
    """As when root has once started the daemon: it cannot open it any more."""
    for path in (database, database.parent):
        os.chown(path, 54321, 54321)
    finding = one(trouble(database), ".lock")
    assert finding.level == "bad"
    assert finding.what.endswith("and the database is 54321's.")


def test_a_disk_that_is_full(database: Path) -> None:
    """Before it is, there is a warning."""
    room = os.statvfs(database.parent)
    free = room.f_bavail * room.f_frsize
    for least, level in ((2 * free, "bad"), (free // 2, "warn"), (free // 100, "ok")):
        assert one(found(database, limits=Limits(free_disk=least)), "The disk has").level == level


def test_a_log_that_does_not_become_shorter(database: Path) -> None:
    """Somebody reads and does not end: all that is written since is kept for them."""
    with open(f"{database}-wal", "wb") as log:
        os.chmod(log.fileno(), 0o600)
        log.truncate(doctor.LARGE_LOG + 1)  # it takes no room on the disk
    assert one(trouble(database), "write-ahead log").level == "warn"


def test_versions_of_the_database(database: Path) -> None:
    """An older one is brought up to date by the next start, a newer one is not for this program."""
    newest = schema.migrations()[-1].number
    change(database, "DELETE FROM schema_versions WHERE version = :newest", newest=newest)
    assert f"makes it version {newest}" in one(found(database), f"of version {newest - 1}").what
    change(database, "INSERT INTO schema_versions VALUES (99, 1)")
    assert one(trouble(database), "of version 99").level == "bad"


def test_a_database_of_another_program(database: Path) -> None:
    """It is not looked into any further than that."""
    change(database, "DROP TABLE schema_versions")
    assert [each.what for each in trouble(database)] == ["The database is none of chatd's."]


def test_damage(database: Path) -> None:
    """Whether an index disagrees, a row points nowhere, or nothing can be read at all."""
    change(database, "INSERT INTO ignores VALUES (1, 99)")
    assert one(trouble(database), "The table ignores has rows that point nowhere: 1").level == "bad"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'at_ms, seq', 'seq, at_ms') WHERE name = 'messages_by_time'"
        )
    assert one(trouble(database), "messages_by_time") == Finding(
        "bad", "The database is damaged: row 1 missing from index messages_by_time.", "Restore a backup."
    )
    database.write_bytes(b"broken" * 1000)
    assert one(trouble(database), "cannot be read: file is not a database").do == "Restore a backup."


def test_a_clock_that_went_back(database: Path) -> None:
    """What is newer than now was written when the clock was another; a moment is none."""
    change(database, MESSAGE, body="just now", at=NOW + doctor.SLACK)
    assert not trouble(database)
    change(database, MESSAGE, body="tomorrow", at=NOW + 86_400_000)
    assert one(trouble(database), "The newest message is 86400 seconds in the future").level == "bad"


def test_a_weak_cost(database: Path) -> None:
    """It is for tests only."""
    assert one(trouble(database, bcrypt_cost=4), "The bcrypt cost is 4").level == "warn"


def test_a_door_that_is_free(database: Path) -> None:
    """A daemon could listen there; one that runs should."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    door = f"tcp:{port}:interface=127.0.0.1"
    assert one(found(database, listen=(door,)), "The door").what == f"The door {door} is free."
    held = schema.lock(database)
    try:
        assert one(trouble(database, listen=(door,)), "does not listen").level == "warn"
    finally:
        os.close(held)


def test_a_door_that_is_in_use(database: Path) -> None:
    """By the daemon that runs, which is well, or, if none does, by something else."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        door = f"tcp:{server.getsockname()[1]}:interface=127.0.0.1"
        assert one(trouble(database, listen=(door,)), "in use by another program").level == "bad"
        held = schema.lock(database)
        try:
            assert one(found(database, listen=(door,)), "The door").level == "ok"
        finally:
            os.close(held)


def test_doors_that_cannot_be(database: Path) -> None:
    """Each is named, and the others are looked at all the same."""
    doors = ("ssl:9997:privateKey=/nowhere/key.pem", "tcp:9999:interface=192.0.2.1", "unix:/run/chatd.socket")
    findings = found(database, listen=doors)
    assert "/nowhere/key.pem: No such file" in one(findings, doors[0]).what
    assert one(findings, doors[1]).level == "bad"
    assert one(findings, doors[2]).level == "ok"


@pytest.mark.parametrize(("days", "level"), [(-1, "bad"), (20, "warn"), (22, "ok")])
def test_a_certificate_that_ends(database: Path, tmp_path: Path, days: int, level: str) -> None:
    """There are three weeks to renew it."""
    pem = write_certificate(tmp_path / "cert.pem", HERE + timedelta(days=days))
    findings = found(database, listen=(f"ssl:0:privateKey={pem}",))
    assert one(findings, "The certificate of").level == level


def test_asking_changes_nothing(database: Path) -> None:
    """Not a byte of the database."""
    before = database.read_bytes()
    found(database)
    assert database.read_bytes() == before
