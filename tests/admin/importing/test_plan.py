"""Before anything happens an operator reads what would happen, and of each thing that would not, why."""

from pathlib import Path

import pytest

from chatd.admin.errors import AdminError
from chatd.admin.importing.found import Found
from chatd.admin.importing.plan import NewMessage, Plan, plan
from chatd.admin.importing.source import read
from chatd.store.schema import StoreError
from tests.admin.importing import seeds
from tests.admin.importing.seeds import run, sha256
from tests.admin.rows import ACCOUNT, NOW, change, make, names_in

THEN = 1_700_000_000


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where chatd's own database is to be; there is none yet."""
    return tmp_path / "state" / "chatd.sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the other program has its data."""
    return tmp_path / "other.db"


def used(database: Path, *bodies: str) -> Path:
    """A database of chatd's with alice and the room lobby in it."""
    database.parent.mkdir()
    return make(database, *bodies)


def with_rows(path: Path, *rows: tuple[str, str]) -> Found:
    """A file with accounts that are no good ones, perhaps."""
    run(path, "CREATE TABLE users (username TEXT, password TEXT)")
    for name, secret in rows:
        run(path, "INSERT INTO users VALUES (:name, :secret)", name=name, secret=secret)
    return read(path)


def refusals(made: Plan) -> list[tuple[int, str, str]]:
    """What is refused: in which row, what, and why."""
    return [(each.spot.row, each.what, each.why) for each in made.refused]


def test_all_is_well(path: Path, database: Path) -> None:
    """Everything is taken, the messages by their time; and nothing is made."""
    said = [("alice", "second", THEN + 1), ("bob", "third", THEN + 1), ("Server", "first", THEN)]
    found = read(seeds.chat(path, said, alice="a", bob="b"))
    made = plan(found, database, "lobby", NOW)
    assert [(each.name.shown, each.stored.hash) for each in made.accounts] == [
        ("alice", sha256("a")),
        ("bob", sha256("b")),
    ]
    assert [each.body for each in made.messages] == ["first", "second", "third"]
    assert made.messages[0] == NewMessage(THEN * 1000, "Server", "first")
    assert (made.known_accounts, made.known_messages, made.left_out, made.refused) == ((), 0, 0, ())
    assert names_in(path.parent) == ["other.db"]


def test_without_a_room_messages_are_left_out(path: Path, database: Path) -> None:
    """They are counted, and nobody chooses a room for them."""
    made = plan(read(seeds.chat(path, [("alice", "hello", THEN)], alice="a")), database, None, NOW)
    assert (made.room, made.messages, made.left_out, len(made.accounts)) == (None, (), 1, 1)


def test_accounts_that_are_here_already(path: Path, database: Path) -> None:
    """They keep the password that they have; a lookalike of one is refused."""
    change(used(database), ACCOUNT, name="bill")
    before = database.read_bytes()
    made = plan(
        with_rows(path, ("ALICE", sha256("x")), ("bi11", sha256("x")), ("bob", sha256("x"))), database, None, NOW
    )
    assert [(each.what, each.why) for each in made.known_accounts] == [
        ("ALICE", "there is an account of that name already")
    ]
    assert refusals(made) == [(2, "bi11", "the name looks like bill, who is here already")]
    assert [each.name.shown for each in made.accounts] == ["bob"]
    assert database.read_bytes() == before


def test_the_name_of_a_deleted_account_is_given_to_nobody(path: Path, database: Path) -> None:
    """Not by an import either."""
    change(used(database), "UPDATE accounts SET status = 'deleted'")
    made = plan(with_rows(path, ("alice", sha256("x"))), database, None, NOW)
    assert not made.accounts
    assert len(made.known_accounts) == 1


def test_who_wants_the_same_name(path: Path, database: Path) -> None:
    """Neither gets it, and each is told of the other."""
    found = with_rows(path, ("Carol", sha256("x")), ("carol", sha256("y")), ("dave", sha256("z")))
    made = plan(found, database, None, NOW)
    assert refusals(made) == [
        (1, "Carol", "carol (users, row 2) is the same name"),
        (2, "carol", "Carol (users, row 1) is the same name"),
    ]
    assert [each.name.shown for each in made.accounts] == ["dave"]


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("bill", "bi11", "looks the same"),
        ("ALICE", "alice", "is the same name"),
        ("Straße", "straße", "is the same name"),
    ],
)
def test_names_that_cannot_both_be(path: Path, database: Path, one: str, other: str, how: str) -> None:
    """Whether they are one name or only look like one."""
    made = plan(with_rows(path, (one, sha256("x")), (other, sha256("y"))), database, None, NOW)
    assert [why for _, _, why in refusals(made)] == [f"{other} (users, row 2) {how}", f"{one} (users, row 1) {how}"]


def test_a_row_that_is_there_twice(path: Path, database: Path) -> None:
    """C{create_user.py} was run twice: that is one account all the same."""
    made = plan(with_rows(path, ("alice", sha256("x")), ("alice", sha256("x"))), database, None, NOW)
    assert [each.spot.row for each in made.accounts] == [1]
    assert refusals(made) == [(2, "alice", "the same as users, row 1")]


def test_rows_that_are_refused(path: Path, database: Path) -> None:
    """Each with its reason, and without its secret."""
    found = with_rows(path, ("root", sha256("x")), ("a b", sha256("x")), ("erin", "hunter2"), ("e\x1b[2J", "y"))
    made = plan(found, database, None, NOW)
    assert not made.accounts
    why = {what: why for _, what, why in refusals(made)}
    assert why["root"] == "the name: the name root is kept for the server itself. Choose another one"
    assert "letters, digits" in why["a b"]
    assert "not hashed" in why["erin"]
    assert ascii("e\x1b[2J") in why
    assert "hunter2" not in str(made)


def test_a_name_in_an_odd_encoding(path: Path, database: Path) -> None:
    """It is shown in a way in which it can be found in the file."""
    run(path, "CREATE TABLE users (username, password)")
    run(path, "INSERT INTO users VALUES (CAST(x'5a6feb' AS TEXT), :hash)", hash=sha256("x"))
    made = plan(read(path), database, None, NOW)
    assert refusals(made) == [(1, r"b'Zo\xeb'", "the name: its bytes are not UTF-8")]


def test_htpasswd(path: Path, database: Path) -> None:
    """Its bcrypt lines are taken, the others are refused, and a SHA-256 is none of them."""
    bcrypt = "$2y$05$" + "a" * 53
    path.write_text(f"alice:{bcrypt}\nbob:$apr1$abc$def\ncarol:{sha256('x')}\n")
    made = plan(read(path), database, None, NOW)
    assert [(each.name.shown, each.stored) for each in made.accounts] == [("alice", ("bcrypt", bcrypt))]
    assert [row for row, _, _ in refusals(made)] == [2, 3]


def test_messages_that_are_refused(path: Path, database: Path) -> None:
    """Each with what is wrong with it."""
    said = [
        ("alice", "two\nlines", THEN),
        ("alice", "when?", None),
        (None, "who?", THEN),
        ("alice", "", THEN),
        ("alice", "tomorrow", NOW // 1000 + 86400),
        (b"\xff", "hello", THEN),
        ("bob", "fine", THEN),
    ]
    made = plan(read(seeds.chat(path, said)), database, "lobby", NOW)
    assert refusals(made) == [
        (1, "message by alice", "the text: a line cannot hold U+000A. Send it without"),
        (2, "message by alice", "the time: there is no time"),
        (3, "message by None", "the sender: there is nothing"),
        (4, "message by alice", "the text: there is nothing in that message"),
        (5, "message by alice", "the time: the time is still to come"),
        (6, r"message by b'\xff'", "the sender: its bytes are not UTF-8"),
    ]
    assert [each.body for each in made.messages] == ["fine"]


def test_what_a_room_holds_already(path: Path, database: Path) -> None:
    """It is not added again; what was said twice at one time, and is there once, is added once."""
    used(database, "one", "two")
    at = NOW - 60_000
    said = [("alice", "one", at), ("alice", "two", at + 1000), ("alice", "two", at + 1000), ("bob", "one", at)]
    made = plan(read(seeds.chat(path, said)), database, "lobby", NOW)
    assert made.known_messages == 2
    assert [(each.sender, each.body) for each in made.messages] == [("bob", "one"), ("alice", "two")]


@pytest.mark.parametrize(
    "since", ["edited_at = 1, body = 'corrected'", "deleted_at = 1, deleted_by = 'alice'", "deleted_at = 1, body = ''"]
)
def test_what_was_changed_since_it_was_imported(path: Path, database: Path, since: str) -> None:
    """What was corrected or taken back does not come back with the next import."""
    change(used(database, "one"), f"UPDATE messages SET {since}")
    made = plan(read(seeds.chat(path, [("alice", "one", NOW - 60_000)])), database, "lobby", NOW)
    assert (made.known_messages, made.messages) == (1, ())


def test_another_room_holds_nothing_of_it(path: Path, database: Path) -> None:
    """The same history can go into two rooms."""
    used(database, "one")
    made = plan(read(seeds.chat(path, [("alice", "one", NOW - 60_000)])), database, "#archive", NOW)
    assert made.room is not None
    assert (made.room.shown, made.known_messages, len(made.messages)) == ("archive", 0, 1)


@pytest.mark.parametrize(
    ("room", "sentence"), [("a b", "A room's name is of letters"), ("10bby", "The room 10bby looks like lobby")]
)
def test_a_room_that_cannot_be(path: Path, database: Path, room: str, sentence: str) -> None:
    """It is refused before anything is looked at."""
    used(database)
    with pytest.raises(AdminError, match=rf"^{sentence}.*\.$"):
        plan(read(seeds.chat(path, [])), database, room, NOW)


def test_a_database_that_is_not_up_to_date(path: Path, database: Path) -> None:
    """What would happen cannot be told by it; and one that is none is named."""
    change(used(database), "DELETE FROM schema_versions WHERE version > 1")
    with pytest.raises(AdminError, match=r"is not of version \d+\. Start this chatd on it once\.$"):
        plan(read(seeds.userdata(path)), database, None, NOW)
    database.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        plan(read(path), database, None, NOW)
