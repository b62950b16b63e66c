"""
Nothing usable leaks: whoever has the database, and the source, and what the server logs, can be nobody.

Passwords, tokens, codes and keys of every kind are made through the faces; then they are searched in the dump of the
database, in its bytes, and in the log: as they are, in other cases, folded, and in the usual encodings and fast hashes.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import implementer

import chatd
from chatd.core.settings.site import Site
from chatd.testing import PASSWORD, Remote, World, now
from tests.authority.village import UNHURRIED

SECRETS = {
    "password": "Tr0ubador & Zither", "new password": "another horse 77", "given password": "chosen by ada 31",
    "long password": "a passphrase of many words, far beyond what bcrypt reads, number 4711 of those there are here",
    "room key": "PrinterInk", "second key": "Ink-Of-Octopus",
}  # fmt: skip


@implementer(ILogObserver)
class Log:
    """All that is logged."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        """Note it."""
        self.events.append(event)


class Loot(NamedTuple):
    """A world that was used, all that was secret in it by name, and what was logged meanwhile."""

    world: World
    secrets: dict[str, str]
    logged: list[LogEvent]


def made_owner(world: World) -> tuple[str, Remote]:
    """An owner, and the code that made it one."""
    code, hashed = world.ports.gate.make_code()
    assert now(Deferred.fromCoroutine(world.accounts.owner_code(hashed)))
    ada = world.connect()
    ada.asks(do="register", name="ada", password=SECRETS["password"])
    assert ada.asks(do="claim", code=code)["role"] == "owner"
    return code, ada


@pytest.fixture(scope="module")
def loot() -> Loot:
    """Everything that proves something, made as people and programs make it."""
    log = Log()
    globalLogPublisher.addObserver(log)
    world = World(Site(registration="open", plaintext_logins=True), UNHURRIED)
    found = dict(SECRETS)
    found["owner code"], ada = made_owner(world)
    invitation = ada.asks(do="make-invitation", label="carol", role="moderator", uses=2)
    found["invitation"] = invitation["code"]
    found["made-up password"] = ada.asks(do="add-account", name="bob")["password"]
    ada.asks(do="add-account", name="dan", password=SECRETS["given password"])
    found["reset password"] = ada.asks(do="reset-password", name="dan")["password"]

    bob = world.connect()
    entered = bob.asks(do="login", name="bob", password=found["made-up password"], remember=True)
    found["session token"] = entered["token"]
    found["app token"] = bob.asks(do="make-token", label="printer")["token"]
    resumed = world.connect().asks(do="resume", token=entered["token"], remember=True)
    found["second session token"] = resumed.get("token") or entered["token"]
    bob.asks(do="passwd", old=found["made-up password"], new=SECRETS["new password"])
    bob.asks(do="join", room="ops")
    bob.asks(do="room-set", room="ops", name="key", value=SECRETS["room key"])
    ada.asks(do="join", room="ops", key=SECRETS["room key"])
    ada.asks(do="join", room="ops", key=SECRETS["second key"])

    carol = world.connect()
    carol.asks(do="register", name="carol", password=SECRETS["long password"], invite=found["invitation"])
    by_hand(world, found)
    for secret in ("made-up password", "app token"):  # what is refused is kept nowhere either
        late(world, do="login", name="bob", password=found[secret] + "x")
    globalLogPublisher.removeObserver(log)
    return Loot(world, found, log.events)


def late(world: World, **command: object) -> dict[str, Any]:
    """What a stranger is answered, when it is time to answer what is wrong."""
    remote = world.connect()
    remote.sends(**command)
    world.pass_time(15)
    (answer,) = remote.objects()
    return dict(answer)


def by_hand(world: World, found: dict[str, str]) -> None:
    """The same by somebody at a terminal, whose secrets are shown on the screen for once."""
    eve = world.person()
    for line in ("eve", SECRETS["given password"], SECRETS["given password"], "/token new laptop", "/join #den"):
        eve.types(line)
    shown = eve.sees()
    found["token on the screen"] = next(word for word in shown.split() if word.startswith(found["app token"][:7]))
    eve.types(f"/roomset key {SECRETS['second key']}")
    for line in ("/passwd", SECRETS["given password"], SECRETS["password"], SECRETS["password"]):
        eve.types(line)
    assert SECRETS["password"] not in eve.sees()


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it might be found: as it is, without its punctuation, encoded, or hashed fast and without salt."""
    for said in {secret, secret.lower(), secret.upper(), secret.replace("-", ""), secret.partition("_")[2] or secret}:
        raw = said.encode()
        yield raw
        yield raw.hex().encode()
        yield base64.b64encode(raw).rstrip(b"=")
        yield base64.urlsafe_b64encode(raw).rstrip(b"=")
    for kind in ("md5", "sha1"):
        digest = hashlib.new(kind, secret.encode())
        yield digest.digest()
        yield digest.hexdigest().encode()


def dump_of(world: World) -> bytes:
    """All rows of all tables, as text; what is binary in hexadecimal digits."""
    tables = [name for (name,) in world.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [str(row) for table in tables for row in world.database.rows(f'SELECT * FROM "{table}"')]
    return "\n".join(rows).encode()


def bytes_of(world: World) -> bytes:
    """The database as it would lie on a disk, free pages included."""
    connection: Any = world.database._connection
    return bytes(connection.serialize())


def source() -> bytes:
    """Every file of the package."""
    files = sorted(path for path in Path(chatd.__file__).parent.rglob("*") if path.suffix in (".py", ".sql", ".txt"))
    return b"\n".join(path.read_bytes() for path in files)


def test_all_secrets_were_made_and_are_good(loot: Loot) -> None:
    """What is searched below is no straw: each opens a door, or did so before it was replaced."""
    assert all(len(secret) >= 8 for secret in loot.secrets.values())
    for name in ("session token", "app token"):
        assert len(loot.secrets[name]) >= 40
    still = {"ada": "password", "bob": "new password", "carol": "long password", "dan": "reset password"}
    for who, what in still.items():
        entered = loot.world.connect().asks(do="login", name=who, password=loot.secrets[what])
        assert entered["done"] == "login", (who, what)
    new = loot.world.connect().asks(do="register", name="fay", password=PASSWORD, invite=loot.secrets["invitation"])
    assert new["done"] == "register"


@pytest.mark.parametrize("where", ["dump", "bytes", "source", "log"])
def test_nothing_usable_is_anywhere(loot: Loot, where: str) -> None:
    """No secret stands in the database, in the program, or in what the program logs."""
    logged = "\n".join(f"{formatEvent(event)} {event}" for event in loot.logged).encode()
    hay = {"dump": dump_of(loot.world), "bytes": bytes_of(loot.world), "source": source(), "log": logged}[where]
    assert len(hay) > 1000 or where == "log"  # which says nothing when all goes well
    found = [(name, form) for name, secret in loot.secrets.items() for form in forms(secret) if form in hay]
    assert found == []


def test_what_stands_for_a_password_is_slow_to_try(loot: Loot) -> None:
    """Passwords and keys are there as bcrypt alone; of a token, its 32 random bytes are hashed once."""
    world = loot.world
    hashes = [row[0] for row in world.database.rows("SELECT hash FROM passwords")]
    hashes += [row[0] for row in world.database.rows("SELECT key_hash FROM rooms WHERE key_hash IS NOT NULL")]
    assert len(hashes) >= 7
    assert all(each.startswith("$2b$") and len(each) == 60 for each in hashes)
    kept = [row[0] for row in world.database.rows("SELECT hash FROM tokens UNION SELECT hash FROM invitations")]
    assert all(isinstance(each, bytes) and len(each) == 32 for each in kept)
    assert len(set(kept)) == len(kept)


def test_what_is_found_there_opens_nothing(loot: Loot) -> None:
    """Whoever copies a hash, and gives it for the secret, is refused."""
    world = loot.world
    kept = [row[0] for row in world.database.rows("SELECT hash FROM passwords UNION SELECT key_hash FROM rooms")]
    kept += [row[0].hex() for row in world.database.rows("SELECT hash FROM tokens UNION SELECT hash FROM invitations")]
    for secret in filter(None, kept):
        assert late(world, do="login", name="bob", password=secret)["code"] == "login-failed"
        assert late(world, do="login", token=secret)["code"] == "login-failed"
        program = world.program("carol2")
        assert program.asks(do="join", room="ops", key=secret[:60])["code"] == "no-such-room"
        assert program.asks(do="claim", code=secret[:60])["code"] == "no-such-entry"
        program.goes()


def test_no_answer_shows_a_secret_twice(loot: Loot) -> None:
    """Lists, exports and the audit log say that there is a token, a code, a key: not which."""
    ada = loot.world.connect()
    ada.asks(do="login", name="ada", password=SECRETS["password"])
    bob = loot.world.connect()
    bob.asks(do="login", name="bob", password=SECRETS["new password"])
    shown = [ada.asks(do=do) for do in ("tokens", "invitations", "audit", "accounts", "stats", "export", "sessions")]
    shown += [bob.asks(do=do) for do in ("tokens", "export", "sessions")]
    shown += [
        bob.asks(do="room-set", room="ops"),
        bob.asks(do="history", room="ops"),
        ada.asks(do="tokens", account="bob"),
    ]
    said = json.dumps(shown)
    assert "refused" not in said
    assert [name for name, secret in loot.secrets.items() if secret in said] == []
