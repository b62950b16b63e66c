"""SASL, as an IRC client sees it: before the welcome and after it."""

from base64 import b64encode

import pytest

from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Gateway
from chatd.testing import PASSWORD, World
from tests.dialects.irc.clients import SITE, IrcClient, account, commands, connected, guest, only, sasl, world

AUTHENTICATE = ("CAP REQ :sasl", "AUTHENTICATE PLAIN")


def asked(there: World) -> IrcClient:
    """A client that was asked for its response."""
    client = connected(there)
    assert client.sends(*AUTHENTICATE)[-1].params == ("+",)
    return client


def with_account(name: str = "al", password: str = PASSWORD) -> World:
    """A server with an account."""
    there = world()
    there.account(name, password)
    return there


def encoded(said: bytes) -> str:
    return "AUTHENTICATE " + b64encode(said).decode()


def test_plain() -> None:
    """The account's name is the nick, whatever nick is asked for."""
    client = asked(with_account())
    first, second = client.sends(sasl("al"))
    assert (first.command, first.params) == ("900", ("*", "*!*@*", "al", "You are now logged in as al"))
    assert second.command == "903"
    told = client.sends("NICK other", "USER o 0 * :O", "CAP END")
    assert (told[0].command, told[0].params[0]) == ("001", "al")
    assert client.sends("JOIN #x")[0].source == "al!~o@user/al"


@pytest.mark.parametrize(
    "said", [b"\0al\0" + PASSWORD.encode(), b"al\0al\0" + PASSWORD.encode(), b"AL\0AL\0correct horse"]
)
def test_who_one_acts_for(said: bytes) -> None:
    """Nobody, or oneself; capitals do not matter."""
    assert commands(asked(with_account()).sends(encoded(said))) == ["900", "903"]


@pytest.mark.parametrize("length", [300, 291, 1024, 600])
def test_long_passwords(length: int) -> None:
    """They come in chunks; a last one that is full is followed by a plus."""
    password = ("é" + "bar" * length)[: length - 1]
    client = asked(with_account(password=password))
    text = b64encode(f"al\0al\0{password}".encode()).decode()
    chunks = [text[start : start + 400] for start in range(0, len(text), 400)]
    if len(chunks[-1]) == 400:
        chunks.append("+")
    assert client.sends(*(f"AUTHENTICATE {each}" for each in chunks[:-1])) == []
    assert commands(client.sends(f"AUTHENTICATE {chunks[-1]}")) == ["900", "903"]


@pytest.mark.parametrize(
    ("lines", "numerics"),
    [
        (["AUTHENTICATE *"], ["906"]),
        (["AUTHENTICATE +"], ["904"]),
        (["AUTHENTICATE !!!"], ["904"]),
        (["AUTHENTICATE é"], ["904"]),
        (["AUTHENTICATE " + "a" * 401], ["905"]),
        (["AUTHENTICATE " + "a" * 400] * 11, ["905"]),
        (["AUTHENTICATE " + "a" * 400, "AUTHENTICATE *"], ["906"]),
        (["AUTHENTICATE YWI="], ["904"]),
        ([encoded(b"bo\0al\0" + PASSWORD.encode())], ["904"]),
        ([encoded(b"\0al\0")], ["904"]),
        ([encoded(b"\xff\0al\0x")], ["904"]),
    ],
)
def test_responses_that_are_none(lines: list[str], numerics: list[str]) -> None:
    """Each fails in its own way, and it can be begun again."""
    client = asked(with_account())
    assert commands(client.sends(*lines)) == numerics
    assert client.one("AUTHENTICATE plain").params == ("+",)
    assert commands(client.sends(sasl("al"))) == ["900", "903"]


@pytest.mark.parametrize("mechanism", ["FOO", "EXTERNAL", "SCRAM-SHA-256", ":", ":a b"])
def test_other_mechanisms(mechanism: str) -> None:
    """It is said which there are."""
    client = connected(world())
    client.sends("CAP REQ :sasl")
    told = client.sends(f"AUTHENTICATE {mechanism}")
    assert [said.params[1] for said in told if said.command == "908"] == ["PLAIN"]
    assert commands(told) == ["908", "904"]
    assert client.one("AUTHENTICATE *").command == "906"


def test_without_the_capability() -> None:
    """It has to be asked for first."""
    assert connected(world()).one("AUTHENTICATE PLAIN").command == "904"


@pytest.mark.parametrize("name", ["al", "nobody-of-that-name", "#", "x" * 100])
def test_a_wrong_password(name: str) -> None:
    """A name that there is and one that there is not are refused alike, after the same time."""
    there = with_account()
    client = asked(there)
    assert client.sends(sasl(name, "wrong")) == []
    there.pass_time(0.9)
    assert client.reads() == []
    there.pass_time(0.2)
    assert [said.params for said in client.reads()] == [("*", "SASL authentication failed: Wrong name or password.")]


def test_too_many_wrong_passwords() -> None:
    """After the last try the connection is closed."""
    there = world(SITE, Limits(login_tries=2))
    there.account("al")
    client = asked(there)
    client.sends(sasl("al", "wrong"))
    there.pass_time(2)
    assert commands(client.reads()) == ["904"]
    client.sends("AUTHENTICATE PLAIN", sasl("al", "wrong"))
    there.pass_time(5)
    assert commands(client.reads())[-2:] == ["904", "ERROR"]
    assert client.is_closed


def test_a_token() -> None:
    """It is taken in the password's place."""
    there = world()
    token = there.program("al").asks(do="make-token", label="irc")["token"]
    assert commands(asked(there).sends(sasl("al", token))) == ["900", "903"]


OWN, OTHER = "ab" * 32, "cd" * 32
EMPTY = "AUTHENTICATE +"


def showing(there: World, certificate: str = OWN) -> IrcClient:
    """A client that has shown a certificate, and says that it proves who it is."""
    client = connected(there, certificate=certificate)
    assert client.sends("CAP REQ :sasl", "AUTHENTICATE EXTERNAL")[-1].params == ("+",)
    return client


def with_certificate() -> World:
    """A server with an account that a certificate proves."""
    there = with_account()
    client = connected(there, certificate=OWN)
    client.sends(*AUTHENTICATE, sasl("al"), "NICK al", "USER al 0 * :al", "CAP END", "NS CERT ADD", "QUIT")
    assert client.is_closed
    return there


@pytest.mark.parametrize("said", [EMPTY, encoded(b"al"), encoded(b"AL")])
def test_external(said: str) -> None:
    """Nothing is typed; a name that is said is the account's."""
    first, second = showing(with_certificate()).sends(said)
    assert (first.command, first.params) == ("900", ("*", "*!*@*", "al", "You are now logged in as al"))
    assert second.command == "903"


@pytest.mark.parametrize(
    ("certificate", "said"),
    [(OTHER, EMPTY), (OTHER, encoded(b"al")), (OWN, encoded(b"bo")), (OWN, encoded(b"#")), (OWN, encoded(b"x" * 200))],
)
def test_external_that_proves_nothing(certificate: str, said: str) -> None:
    """A certificate that is nobody's, and a name that is not its account's; it is told when it is time to."""
    there = with_certificate()
    there.account("bo")
    client = showing(there, certificate)
    assert client.sends(said) == []
    there.pass_time(1)
    why = "This certificate proves no such account here. Log in with your password, and add it."
    assert [said.params for said in client.reads()] == [("*", f"SASL authentication failed: {why}")]
    assert commands(client.sends("AUTHENTICATE PLAIN", sasl("al"))) == ["AUTHENTICATE", "900", "903"]


@pytest.mark.parametrize("said", [encoded(b"\xff"), encoded(b"al\0al")])
def test_responses_to_external_that_are_none(said: str) -> None:
    """No name has these."""
    assert commands(showing(with_certificate()).sends(said)) == ["904"]


def test_external_is_offered_to_who_has_shown_a_certificate() -> None:
    """And to nobody else, also not to who comes over a gateway that has one."""
    there = world(SITE._replace(gateways=(Gateway("web", "secret", ("127.0.0.1/32",)),)))

    def offered(client: IrcClient) -> str:
        return client.sends("CAP LS 302")[0].params[-1].split()[0]

    assert offered(connected(there)) == "sasl=PLAIN"
    client = connected(there, certificate=OWN)
    assert offered(client) == "sasl=PLAIN,EXTERNAL"
    client.sends("CAP REQ sasl")
    assert client.sends("AUTHENTICATE FOO")[0].params[1] == "PLAIN,EXTERNAL"
    gateway = connected(there, certificate=OWN)
    gateway.sends("WEBIRC secret web there 192.0.2.7 :secure")
    assert offered(gateway) == "sasl=PLAIN"


def test_external_after_the_welcome() -> None:
    """A guest becomes the account."""
    there = with_certificate()
    client = connected(there, certificate=OWN)
    client.sends("CAP REQ sasl", "NICK bo", "USER bo 0 * :Bo", "CAP END", "AUTHENTICATE EXTERNAL")
    assert commands(client.sends(EMPTY)) == ["900", "903", "NICK"]


def test_the_end_of_the_registration_gives_it_up() -> None:
    """ "The server SHOULD abort" what was begun (IRCv3 SASL)."""
    client = asked(with_account())
    told = client.sends("NICK bo", "USER b 0 * :B", "CAP END")
    assert commands(told)[:2] == ["906", "001"]


def test_a_guest_logs_in() -> None:
    """It leaves what it was in, is called as the account, and is where the account is."""
    there = world()
    al = account(there, "al")
    al.sends("JOIN #hers")
    client = guest(there, "bo", "sasl")
    client.sends("JOIN #x")
    watcher = guest(there, "cy")
    watcher.sends("JOIN #x")
    client.reads()
    told = client.sends("AUTHENTICATE PLAIN", sasl("al"))[1:]
    assert commands(told) == ["900", "903", "PART", "NICK", "JOIN", "353", "366"]
    assert told[0].params[:3] == ("bo", told[2].source, "al")
    assert told[3].params == ("al",)
    assert (told[4].source, told[4].params) == ("al!~al@user/al", ("#hers",))
    assert [said.params for said in only(watcher.reads(), "QUIT")] == [("logged in as al",)]
    assert only(watcher.sends("PRIVMSG bo :there?"), "401")
    watcher.sends("PRIVMSG al :hi")
    assert only(client.reads(), "PRIVMSG")
    assert only(al.reads(), "PRIVMSG")


def test_an_account_becomes_another_one() -> None:
    """ "Servers SHOULD allow a client, authenticated or otherwise, to reauthenticate" (IRCv3 SASL 3.2)."""
    there = with_account("bo")
    client = account(there, "al")
    client.sends("JOIN #x")
    told = client.sends("AUTHENTICATE PLAIN", sasl("bo"))
    assert commands(told) == ["AUTHENTICATE", "900", "903", "PART", "NICK"]
    assert told[1].params[0] == "al"
    assert client.sends("JOIN #y")[0].source == "bo!~al@user/bo"


def test_an_account_proves_itself_again() -> None:
    """Nobody hears of it, and nothing changes."""
    there = world()
    client = account(there, "al")
    client.sends("JOIN #x")
    watcher = guest(there, "cy")
    watcher.sends("JOIN #x")
    client.reads()
    assert commands(client.sends("AUTHENTICATE PLAIN", sasl("al"))) == ["AUTHENTICATE", "900", "903"]
    assert watcher.reads() == []
    assert [said.params for said in client.sends("PRIVMSG #x :still here")] == []
    assert only(watcher.reads(), "PRIVMSG")


def test_a_wrong_password_changes_nobody() -> None:
    """Who fails stays whoever it was."""
    there = with_account("bo")
    client = account(there, "al")
    client.sends("AUTHENTICATE PLAIN", sasl("bo", "wrong"))
    there.pass_time(2)
    assert commands(client.reads()) == ["904"]
    assert client.sends("JOIN #y")[0].source == "al!~al@user/al"
