"""An operator's mistake is named: the file or flag, the key, what is wrong, and what is allowed."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chatd import config
from chatd.config import ConfigError, Settings
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Gateway, Sts

ETC = Path(__file__).parents[1] / "etc" / "chatd.toml"
FLAGS: dict[str, Any] = {
    "listen": ("tcp:1",),
    "database": "/x",
    "name": "flagged",
    "motd": "/motd",
    "registration": "closed",
    "plaintext-logins": True,
    "guests": True,
    "bcrypt-cost": 11,
    "autojoin": "tea",
    "exempt": ("192.0.2.0/24",),
    "idle": 99.0,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "chatd.toml"


def refused(path: Path | None, flags: dict[str, Any] | None = None) -> str:
    """The sentences with which a configuration is refused."""
    with pytest.raises(ConfigError) as caught:
        config.load(path, flags or {})
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


def test_nothing_needs_to_be_set() -> None:
    """chatd runs without a file and without a flag."""
    settings = config.load(None, {})
    assert settings == Settings()
    assert (settings.listen, settings.bcrypt_cost, settings.idle) == (("tcp:9999:interface=127.0.0.1",), 12, 150)
    assert (settings.autojoin, settings.registration, settings.plaintext_logins) == ("lobby", "open", False)


def test_the_sample_loads() -> None:
    """As it is, it changes nothing."""
    assert config.load(ETC, {}) == Settings()


def test_a_file(path: Path) -> None:
    """What stands in it holds; the rest is the default."""
    path.write_text(
        'listen = ["tcp:1", "tcp:2"]\nname = "caf\u00e9"\nidle = 60\nplaintext-logins = true\n'
        "exempt = ['192.0.2.0/24', '2001:db8::1']\nautojoin = ''\n[limits]\nhistory-page = 5\njournal-seconds = 0.5\n",
        encoding="utf-8",
    )
    settings = config.load(path, {})
    assert settings.listen == ("tcp:1", "tcp:2")
    assert (settings.name, settings.idle, settings.plaintext_logins, settings.autojoin) == ("caf\u00e9", 60, True, "")
    assert settings.exempt == ("192.0.2.0/24", "2001:db8::1")
    assert settings.limits == Limits(history_page=5, journal_seconds=0.5)
    assert settings.bcrypt_cost == 12


@pytest.mark.parametrize("key", FLAGS)
def test_flags_win(path: Path, key: str) -> None:
    """Each flag goes before the file's key of the same name, and touches no other."""
    path.write_text(
        'listen = ["tcp:9"]\ndatabase = "/file"\nname = "file"\nmotd = "/file"\nregistration = "invite"\n'
        'plaintext-logins = false\nbcrypt-cost = 10\nautojoin = "file"\nexempt = ["198.51.100.0/24"]\nidle = 50\n'
        "[limits]\nrooms = 7\n"
    )
    without, flagged = (msgspec.to_builtins(config.load(path, flags)) for flags in ({}, {key: FLAGS[key]}))
    assert flagged[key] == FLAGS[key] != without[key]
    assert {**flagged, key: without[key]} == without
    assert flagged["limits"]["rooms"] == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "{path}: Invalid value (at end of document)."),
        ("name = 'a'\nname = 'b'\n", "{path}: Cannot overwrite a value (at line 2, column 11)."),
        ("a b", "{path}: Expected '=' after a key in a key/value pair (at line 1, column 3)."),
        ("name = 3", "{path}: key name: expected str, got int. It can be 1 to 64 characters on one line."),
        ("name = ''", "{path}: key name: expected str of length >= 1. It can be 1 to 64 characters on one line."),
        ("name = '{x65}'", "{path}: key name: expected str of length <= 64. It can be 1 to 64 characters on one line."),
        ('name = "a\\nb"', "{path}: key name: it cannot be shown. It can be 1 to 64 characters on one line."),
        ('name = "\\u001b[2J"', "{path}: key name: it cannot be shown. It can be 1 to 64 characters on one line."),
        ("name = '  '", "{path}: key name: it cannot be shown. It can be 1 to 64 characters on one line."),
        ("database = 3", "{path}: key database: expected str | null, got int. It can be the path of a file."),
        ("motd = 3", "{path}: key motd: expected str | null, got int. It can be the path of a text file."),
        ("registration = 'Maybe'",
         "{path}: key registration: invalid enum value 'maybe'. It can be open, invite or closed."),
        ("plaintext-logins = 'yes'", "{path}: key plaintext-logins: expected bool, got str. It can be true or false."),
        ("bcrypt-cost = 3",
         "{path}: key bcrypt-cost: expected int >= 4. It can be a whole number from 4 to 16."),
        ("bcrypt-cost = 17",
         "{path}: key bcrypt-cost: expected int <= 16. It can be a whole number from 4 to 16."),
        ("bcrypt-cost = 12.5",
         "{path}: key bcrypt-cost: expected int, got float. It can be a whole number from 4 to 16."),
        ("idle = 9.9", "{path}: key idle: expected float >= 10.0. It can be seconds, 10 or more."),
        ("idle = nan", "{path}: key idle: expected float >= 10.0. It can be seconds, 10 or more."),
        ("autojoin = 3",
         "{path}: key autojoin: expected str, got int. It can be the name of a room, or '' for none."),
        ("autojoin = 'a b'", "{path}: key autojoin: A room's name is of letters, digits and _ - . only."),
        ("exempt = '192.0.2.1'",
         "{path}: key exempt: expected array, got str. It can be a list of networks such as '192.0.2.0/24'."),
        ("exempt = ['192.0.2.1/24']",
         "{path}: key exempt: 192.0.2.1/24 has host bits set. It can be a list of networks such as '192.0.2.0/24'."),
        ("exempt = ['localhost']",
         "{path}: key exempt: 'localhost' does not appear to be an IPv4 or IPv6 network."
         " It can be a list of networks such as '192.0.2.0/24'."),
        ("listen = 'tcp:1'",
         "{path}: key listen: expected array, got str."
         " It can be a list of Twisted endpoint descriptions such as 'tcp:9999:interface=127.0.0.1'."),
        ("listen = ['tcp:1', 2]",
         "{path}: key listen[1]: expected str, got int."
         " It can be a list of Twisted endpoint descriptions such as 'tcp:9999:interface=127.0.0.1'."),
        ("listen = []",
         "{path}: key listen: it is empty, so nobody could connect."
         " It can be a list of Twisted endpoint descriptions such as 'tcp:9999:interface=127.0.0.1'."),
        ("listen = ['ird=tcp:1']",
         "{path}: key listen: ird=tcp:1: there is no dialect ird. Did you mean irc? There are: text, json, irc."),
        ("listen = ['=tcp:1']",
         "{path}: key listen: =tcp:1: there is no dialect . There are: text, json, irc."),
        ("listen = ['tcp:1', 'irc=']", "{path}: key listen: irc=: an endpoint is lacking, as in irc=tcp:6667."),
        ("webirc = 3",
         "{path}: key webirc: expected array, got int."
         " It can be a list of tables with name, password and networks (such as ['127.0.0.0/8'])."),
        ("[[webirc]]\nname = 'a'\npassword = 'b'",
         "{path}: key webirc[0]: object missing required field networks."
         " It can be a list of tables with name, password and networks (such as ['127.0.0.0/8'])."),
        ("[[webirc]]\nname = 'a'\npassword = 'b'\nnetworks = ['x']",
         "{path}: key webirc: 'x' does not appear to be an IPv4 or IPv6 network."
         " It can be a list of tables with name, password and networks (such as ['127.0.0.0/8'])."),
        ("[sts]\nport = 0", "{path}: key sts.port: expected int >= 1."),
        ("[sts]\nduration = 3",
         "{path}: key sts: object missing required field port. It can be a table with port and duration (in seconds)."),
        ("limits = 3", "{path}: key limits: expected object, got int. It can be a table of numbers."),
        ("[limits]\nrooms = 0", "{path}: key limits.rooms: expected int >= 1."),
        ("[limits]\nrooms = 'many'", "{path}: key limits.rooms: expected int, got str."),
        ("[limits]\nfree-disk = -1", "{path}: key limits.free-disk: expected int >= 0."),
        ("[limits]\njournal-seconds = 0", "{path}: key limits.journal-seconds: expected float > 0.0."),
        ("[limits]\njournal-seconds = nan", "{path}: key limits.journal-seconds: expected float > 0.0."),
        ("[limits]\npassword-length = 1025", "{path}: key limits.password-length: expected int <= 1024."),
    ],
)  # fmt: skip
def test_mistakes(path: Path, text: str, said: str) -> None:
    """Each is told in one line that an operator can act on."""
    path.write_text(text.replace("{x65}", "x" * 65))
    assert refused(path) == said.replace("{path}", str(path))


@pytest.mark.parametrize(
    ("key", "meant"),
    [("lisen", "listen"), ("Name", "name"), ("bcrypt_cost", "bcrypt-cost"), ("registrations", "registration")],
)
def test_unknown_keys(path: Path, key: str, meant: str) -> None:
    """A slip of the pen is an error, with the key that was meant, and all that there are."""
    path.write_text(f"{key} = 1")
    assert refused(path) == (
        f"{path}: key {key}: there is no such key. Did you mean {meant}? There are: autojoin, bcrypt-cost, database,"
        " exempt, guests, idle, limits, listen, motd, name, plaintext-logins, registration, sts, webirc."
    )


def test_unknown_limits(path: Path) -> None:
    """The same in the table of limits, whose keys are all named."""
    path.write_text("[limits]\nhistory-pages = 3")
    limits = ", ".join(sorted(field.encode_name for field in msgspec.structs.fields(Limits)))
    assert refused(path) == (
        f"{path}: key limits.history-pages: there is no such key. Did you mean history-page? There are: {limits}."
    )


def test_a_key_like_no_other(path: Path) -> None:
    """Where nothing is near, nothing is suggested."""
    path.write_text("[zebra]\n")
    said = refused(path)
    assert said.startswith(f"{path}: key zebra: there is no such key. There are: autojoin,")


def test_files_that_cannot_be_read(path: Path, tmp_path: Path) -> None:
    """The path is named, and why."""
    assert refused(path) == f"{path}: No such file or directory."
    assert refused(tmp_path) == f"{tmp_path}: Is a directory."
    path.write_bytes(b"name = '\xff'")
    assert refused(path) == f"{path}: the file is not UTF-8."


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"bcrypt-cost": 3}, "--bcrypt-cost: expected int >= 4. It can be a whole number from 4 to 16."),
        ({"idle": 1.0}, "--idle: expected float >= 10.0. It can be seconds, 10 or more."),
        ({"registration": "maybe"}, "--registration: invalid enum value 'maybe'. It can be open, invite or closed."),
        ({"name": "\x1b[2J"}, "--name: it cannot be shown. It can be 1 to 64 characters on one line."),
        ({"autojoin": "a b"}, "--autojoin: A room's name is of letters, digits and _ - . only."),
        ({"exempt": ["x"]},
         "--exempt: 'x' does not appear to be an IPv4 or IPv6 network."
         " It can be a list of networks such as '192.0.2.0/24'."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("with_file", [False, True])
def test_mistakes_in_flags(path: Path, flags: dict[str, Any], said: str, with_file: bool) -> None:
    """They are told as flags, also beside a file that is right."""
    path.write_text("name = 'right'")
    assert refused(path if with_file else None, flags) == said


def test_the_file_is_judged_although_a_flag_wins(path: Path) -> None:
    """A mistake in the file does not hide behind a flag until the flag is gone."""
    path.write_text("bcrypt-cost = 'x'")
    assert refused(path, {"bcrypt-cost": 12}).startswith(f"{path}: key bcrypt-cost: expected int, got str.")


# The message of the day


def test_motd(tmp_path: Path) -> None:
    """Its lines are shown as they are, from whatever system, without the empty ones around them."""
    motd = tmp_path / "motd"
    motd.write_bytes("\n\nWelcome to caf\u00e9\r\n\r\nBe kind.\n\n".encode())
    site = Settings(motd=str(motd), name="x", autojoin="tea").site(("example.org 9997",))
    assert site.motd == "Welcome to caf\u00e9\n\nBe kind."
    assert (site.name, site.autojoin, site.encrypted_doors) == ("x", "tea", ("example.org 9997",))
    assert Settings().site().motd == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"fine\n\xff\n", "the file is not UTF-8."),
        (b"fine\n\x1b[31mred\n", "line 2: A .* cannot hold U\\+001B.*"),
        (b"x" * 2001, "line 1: A .* has at most 2000 characters.*"),
        (None, "No such file or directory."),
    ],
)
def test_a_motd_that_cannot_be_shown(tmp_path: Path, content: bytes | None, said: str) -> None:
    """File and line are named."""
    motd = tmp_path / "motd"
    if content is not None:
        motd.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        Settings(motd=str(motd)).site()
    assert re.fullmatch(f"motd {motd}: {said}", str(caught.value))


def test_listeners_of_one_dialect() -> None:
    """A word before the endpoint says which; what an endpoint itself has with an equals sign is none."""
    assert config.pinned("irc=tcp:6667:interface=127.0.0.1") == ("irc", "tcp:6667:interface=127.0.0.1")
    assert config.pinned("json=ssl:1:privateKey=/x") == ("json", "ssl:1:privateKey=/x")
    assert config.pinned("tcp:9999:interface=127.0.0.1") == (None, "tcp:9999:interface=127.0.0.1")
    assert config.load(None, {"listen": ("irc=tcp:1", "text=tcp:2", "tcp:3:interface=::1")}).listen[0] == "irc=tcp:1"
    assert refused(None, {"listen": ("irk=tcp:1",)}).startswith("--listen: irk=tcp:1: there is no dialect irk.")


def test_gateways_and_sts(path: Path) -> None:
    """What IRC needs to know: whom to believe, and where the encrypted way in is. No password is shown by accident."""
    path.write_text(
        "[[webirc]]\nname = 'web'\npassword = 'secret'\nnetworks = ['127.0.0.0/8', '::1']\n[sts]\nport = 6697\n"
    )
    site = config.load(path, {}).site()
    assert site.gateways == (Gateway("web", "secret", ("127.0.0.0/8", "::1")),)
    assert site.sts == Sts(6697, 30 * 86400)
    assert "secret" not in repr(site)


def test_what_a_session_may_know() -> None:
    """Everything that a session knows of the site comes from the settings."""
    settings = Settings(registration="closed", plaintext_logins=True, guests=True, limits=Limits(rooms=3))
    site = settings.site()
    assert (site.registration, site.plaintext_logins, site.guests, site.limits.rooms) == ("closed", True, True, 3)
