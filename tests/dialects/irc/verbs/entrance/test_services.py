"""NickServ, as clients know it that know nothing better."""

import pytest

from chatd.testing import PASSWORD, World
from tests.dialects.irc.clients import IrcClient, account, commands, connected, guest, only, sasl, world

GOOD = "shivarampassphrase"
WAYS = ("PRIVMSG NickServ :{}", "PRIVMSG nickserv@services.My.Little.Server :{}", "NS {}", "NICKSERV :{}", "ns :{}")


@pytest.mark.parametrize("way", WAYS)
def test_register_and_identify(way: str) -> None:
    """Whichever way it is told."""
    there = world()
    client = guest(there, "bar")
    told = client.sends(way.format(f"register {GOOD} who@example.org"))
    assert commands(told) == ["900", "NOTICE"]
    assert told[1].source == "NickServ!NickServ@services.My.Little.Server"
    assert told[1].params == ("bar", "The account bar was made, and you are logged in to it.")
    other = guest(there, "foo")
    told = other.sends(way.format(f"IDENTIFY bar {GOOD}"))
    assert commands(told) == ["900", "NICK", "NOTICE"]


def test_a_password_with_spaces() -> None:
    """It may be one, behind the account's name."""
    there = world()
    there.account("al")
    assert commands(guest(there, "x").sends(f"NS IDENTIFY al :{PASSWORD}")) == ["900", "NICK", "NOTICE"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "REGISTER PASSWORD - make an account of your nick"),
        ("HELP", "REGISTER PASSWORD - make an account of your nick"),
        ("GHOST x", "There is no GHOST here. HELP shows what there is."),
        ("REGISTER", "REGISTER PASSWORD"),
        ("IDENTIFY", "IDENTIFY PASSWORD, or IDENTIFY NAME PASSWORD"),
        ("LOGOUT", "You are not logged in."),
        ("SESSIONS", "You are not logged in."),
        ("REGISTER short", "A password has 10 characters at the least. A few words are easy to remember."),
    ],
)
def test_what_guests_are_told(words: str, said: str) -> None:
    """Each in one notice, or as many as there are lines."""
    told = guest(world(), "bar").sends(f"NS {words}")
    assert told[0].params == ("bar", said)
    assert set(commands(told)) == {"NOTICE"}


def test_a_wrong_password() -> None:
    """It is told in words that do not say what of it was wrong."""
    there = world()
    client = guest(there, "bar")
    client.sends("PRIVMSG NickServ :IDENTIFY al wrong")
    there.pass_time(2)
    assert client.reads()[0].params == ("bar", "Wrong name or password.")


def test_accounts() -> None:
    """They see where they are logged in, and log out."""
    there = world()
    there.program("al")
    client = account(there, "al")
    told = client.sends("NS SESSIONS")
    assert [said.params[1].split(" since ")[0] for said in told] == ["1: json from 127.0.0.1", "2: irc from 127.0.0.1"]
    assert told[1].params[1].endswith("(this one)")
    assert client.one(f"NS REGISTER {GOOD}").params[1] == "You are logged in as al already."
    assert commands(client.sends("NS LOGOUT")) == ["NOTICE", "ERROR"]
    assert client.is_closed


@pytest.mark.parametrize(
    "line", ["NOTICE NickServ :HELP", "PRIVMSG NickServ :\1VERSION\1", "@+typing=active TAGMSG NickServ"]
)
def test_what_is_not_answered(line: str) -> None:
    """Notices, CTCP and tags; what is told is told to nobody."""
    assert guest(world(), "bar").sends(line) == []


def test_passwords_go_nowhere() -> None:
    """What is told to NickServ is neither stored nor echoed."""
    there = world()
    client = guest(there, "bar", "echo-message", "labeled-response", "batch")
    told = client.sends(f"@label=1 PRIVMSG NickServ :IDENTIFY {GOOD}")
    there.pass_time(2)
    told += client.reads()
    assert told
    assert all(GOOD not in said.line for said in told)
    assert only(told, "PRIVMSG") == []
    assert there.database.rows("SELECT 1 FROM messages WHERE body LIKE '%shiv%'") == []


def test_nobody_is_called_so() -> None:
    """No guest takes NickServ's place."""
    assert guest(world(), "bar").one("NICK NickServ").command == "432"


OWN, OTHER = "ab" * 32, "cd" * 32


def with_certificate(there: World, name: str, certificate: str) -> IrcClient:
    """An account that came with its password, over TLS and with a certificate."""
    there.account(name)
    client = connected(there, certificate=certificate)
    client.sends("CAP REQ sasl", "AUTHENTICATE PLAIN", sasl(name), f"NICK {name}", "USER x 0 * :x", "CAP END")
    return client


def test_no_other_token_goes_with_a_certificate() -> None:
    """An app's token is neither shown nor taken away here."""
    there = world()
    client = with_certificate(there, "al", OWN)
    program = there.program("al")
    program.sends(do="make-token", label="bot")
    assert program.objects()[-1]["number"] == 1
    assert client.one("NS CERT DEL 1").params[1] == "You have no certificate 1. CERT LIST shows those that you have."
    program.sends(do="tokens")
    assert [each["label"] for each in program.objects()[-1]["tokens"]] == ["bot"]


def test_certificates() -> None:
    """That of the connection is added; it is shown, and it is taken away."""
    client = with_certificate(world(), "al", OWN)

    def told(words: str) -> str:
        return client.one(f"NS CERT {words}").params[1]

    assert told("LIST") == "You have no certificates. CERT ADD makes that of this connection one."
    assert told("add my laptop") == f"Certificate 1 logs you in from now on, with SASL EXTERNAL: {OWN}"
    assert told("ADD") == "This certificate stands for an account already. Revoke it there first, or show another one."
    assert told("LIST") == f"1: my laptop {OWN}, used 2025-12-17 19:33 UTC"
    assert told("DEL 2") == "You have no certificate 2. CERT LIST shows those that you have."
    assert told("DEL 1") == "1 (my laptop) is worth nothing now."
    assert told("add") == f"Certificate 2 logs you in from now on, with SASL EXTERNAL: {OWN}"


@pytest.mark.parametrize("words", ["", "GET", "LIST x", "DEL", "DEL x", "DEL 0", "DEL 1 2", "DEL " + "1" * 16])
def test_wrong_words_of_certificates(words: str) -> None:
    """It is said how it is right."""
    client = with_certificate(world(), "al", OWN)
    assert client.one(f"NS CERT {words}").params[1] == "CERT ADD [LABEL], CERT LIST, or CERT DEL N"


def test_who_has_no_certificate_to_add() -> None:
    """Whoever has shown none, is a guest, or came with the certificate itself."""
    there = world()
    why = "This connection has shown no certificate. Connect with TLS, and with a certificate of your own."
    assert account(there, "bo").one("NS CERT ADD").params[1] == why
    assert guest(there, "cy").one("NS CERT ADD").params[1] == "You are not logged in."
    with_certificate(there, "al", OWN).sends("NS CERT ADD")
    client = connected(there, certificate=OWN)
    client.sends("CAP REQ sasl", "AUTHENTICATE EXTERNAL", "AUTHENTICATE +", "NICK al", "USER x 0 * :x", "CAP END")
    assert "a token makes no other" in client.one("NS CERT ADD").params[1]
