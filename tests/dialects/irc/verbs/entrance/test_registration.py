"""From a new connection to the welcome, as an IRC client sees it."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Gateway, Site, Sts
from chatd.testing import PASSWORD
from tests.dialects.irc.clients import (
    SERVER,
    SITE,
    IrcClient,
    account,
    commands,
    connected,
    guest,
    only,
    promote,
    sasl,
    world,
)

WELCOME = ["001", "002", "003", "004", "005", "005", "005", "251", "252", "253", "254", "255", "265", "266", "422"]
CLOSED = SITE._replace(guests=False)


def alone(site: Site = SITE) -> IrcClient:
    """The only client of a new server."""
    return connected(world(site))


def test_the_welcome() -> None:
    """It comes after NICK and USER, in whatever order, and in the order that Modern IRC says."""
    for lines in (("NICK al", "USER al 0 * :Al"), ("USER al 0 * :Al", "NICK al")):
        client = alone()
        first, second = (client.sends(line) for line in lines)
        assert first == []
        assert commands(second) == WELCOME
        assert all(said.source == SERVER and said.params[0] == "al" for said in second)
        assert second[3].params[1:] == (SERVER, "chatd-0", "Biow", "Ibeiklmnostv", "Ibeklov")
        assert all(len(said.params) <= 15 for said in second)


@pytest.mark.parametrize("before", ["CAP LS 302", "CAP LS", "CAP REQ :batch"])
def test_negotiation_holds_the_welcome(before: str) -> None:
    """Until CAP END; and what is told before has an asterisk where a nick will be."""
    client = alone()
    assert client.sends(before)[0].params[0] == "*"
    assert commands(client.sends("NICK al", "USER al 0 * :Al", "PING x")) == ["PONG"]
    assert commands(client.sends("CAP END")) == WELCOME


def test_a_list_holds_nothing() -> None:
    """CAP LIST is no negotiation."""
    client = alone()
    assert client.one("CAP LIST").params == ("*", "LIST", "")
    assert commands(client.sends("NICK al", "USER al 0 * :Al")) == WELCOME


def test_after_the_welcome() -> None:
    """Capabilities can be asked for at any time, and nothing can be registered again."""
    client = guest(world(), "al")
    assert client.one("CAP REQ :echo-message").params == ("al", "ACK", "echo-message")
    assert client.one("CAP REQ :-echo-message").params == ("al", "ACK", "-echo-message")
    assert client.sends("CAP END") == []
    for line in ("USER al 0 * :Al", "PASS x", "WEBIRC a b c d"):
        assert client.one(line).command == "462"


@pytest.mark.parametrize(
    ("line", "numeric", "params"),
    [
        ("NICK", "431", ()),
        ("NICK :", "431", ()),
        ("nick :", "431", ()),
        ("NICK *", "432", ("*",)),
        ("NICK #al", "432", ("#al",)),
        ("NICK :a b", "432", ("*",)),
        ("NICK al!al", "432", ("al!al",)),
        ("NICK 192.0.2.1", "432", ("192.0.2.1",)),
        ("NICK NickServ", "432", ("NickServ",)),
        (f"NICK {'x' * 33}", "432", ("x" * 33,)),
        ("USER", "461", ("USER",)),
        ("USER a b c", "461", ("USER",)),
        ("USER a b c :", "461", ("USER",)),
        ("USER :", "461", ("USER",)),
        ("PASS", "461", ("PASS",)),
        ("PASS :", "461", ("PASS",)),
        ("CAP", "461", ("CAP",)),
        ("CAP WHAT", "410", ("WHAT",)),
        ("AUTHENTICATE", "461", ("AUTHENTICATE",)),
        ("VERIFY a", "461", ("VERIFY",)),
        ("WEBIRC a b c", "461", ("WEBIRC",)),
        ("PING", "409", ()),
        ("PING :", "409", ()),
        ("JOIN #a", "451", ()),
        ("MODE al", "451", ()),
        ("LUSERS", "451", ()),
        ("WHAT", "421", ("WHAT",)),
    ],
)
def test_what_is_wrong(line: str, numeric: str, params: tuple[str, ...]) -> None:
    """Each gets its numeric, and the connection goes on."""
    client = alone()
    said = client.one(line)
    assert (said.command, said.params[0], said.params[1:-1]) == (numeric, "*", params)
    assert commands(client.sends("NICK al", "USER al 0 * :Al")) == WELCOME


def test_ping_before_the_welcome() -> None:
    """PONG carries the token, and comes in its turn."""
    client = alone()
    told = client.sends("NICK :", "PING :a b", "NICK *", "PONG x", "PING 2 3")
    assert [(said.command, said.params[1:]) for said in told if said.command == "PONG"] == [
        ("PONG", ("a b",)),
        ("PONG", ("2",)),
    ]
    assert commands(told) == ["431", "PONG", "432", "PONG"]


def test_quit_before_the_welcome() -> None:
    """The connection is closed at once, with ERROR."""
    client = alone()
    assert client.asks("QUIT :bye") == ["ERROR :Quit: bye"]
    assert client.is_closed


def test_a_nick_in_use() -> None:
    """It is refused when it is asked for; or at the end, where there might have been a proof."""
    there = world()
    guest(there, "al")
    client = connected(there)
    assert client.sends("NICK AL")[0].command == "433"
    assert commands(client.sends("USER al 0 * :Al")) == []
    assert commands(client.sends("NICK bo")) == WELCOME
    late = connected(there)
    assert commands(late.sends("CAP LS 302", "NICK al", "USER al 0 * :Al", "CAP END"))[-1:] == ["433"]
    assert commands(late.sends("NICK cy")) == WELCOME


def test_two_want_the_same_nick_at_once() -> None:
    """One of them gets it."""
    there = world()
    one, two = connected(there), connected(there)
    assert one.sends("NICK al") == two.sends("NICK al") == []
    assert commands(one.sends("USER a 0 * :A")) == WELCOME
    assert two.one("USER b 0 * :B").params[:2] == ("*", "al")


def test_an_account_is_no_guests_name() -> None:
    """Also where the account is not here."""
    there = world()
    there.account("al")
    client = connected(there)
    assert commands(client.sends("NICK Al", "USER al 0 * :Al")) == ["433"]


def test_names_that_cannot_be_shown() -> None:
    """Of user and real names, what cannot stand in a mask or colours a line is left out."""
    client = alone()
    client.sends("NICK al", "USER a!l@b:é😊 0 * :\x02Al\x03 Bold\x1b")
    assert client.sends("NICK bo")[0].source.startswith("al!~alb@guest/")
    client = alone()
    assert commands(client.sends("NICK al", "USER 😊 0 * :\x02")) == WELCOME
    assert client.sends("NICK bo")[0].source.startswith("al!~user@guest/")


def test_bytes_that_are_no_utf_8() -> None:
    """They are refused with a standard reply, and the connection goes on."""
    client = alone()
    assert client.one(b"USER al 0 * :\xe8").params[:2] == ("USER", "INVALID_UTF8")
    assert client.one(b"USER al 0 * :\xe8").command == "FAIL"


# With a password


@pytest.mark.parametrize("said", [PASSWORD, f"al:{PASSWORD}"])
def test_pass(said: str) -> None:
    """The password of the nick's account, or the account's name before it."""
    there = world(CLOSED)
    there.account("al")
    client = connected(there)
    told = client.sends(f"PASS :{said}", "NICK al", "USER al 0 * :Al")
    assert commands(told) == WELCOME
    assert told[0].params[0] == "al"


def test_pass_names_the_account() -> None:
    """Whatever the nick that is asked for, the account's name is the nick."""
    there = world()
    there.account("al")
    told = connected(there).sends(f"PASS :al:{PASSWORD}", "NICK other", "USER al 0 * :Al")
    assert commands(told) == WELCOME
    assert told[0].params[0] == "al"


def test_a_token_is_a_password() -> None:
    """By itself, or beside the account's name."""
    there = world()
    person = there.program("al")
    token = person.asks(do="make-token", label="irc")["token"]
    for said in (token, f"al:{token}"):
        assert commands(connected(there).sends(f"PASS {said}", "NICK x", "USER al 0 * :Al"))[0] == "001"


@pytest.mark.parametrize("site", [SITE, CLOSED])
def test_a_wrong_password(site: Site) -> None:
    """ "The server MUST close the connection with ERROR" (Modern IRC, "PASS message")."""
    there = world(site)
    there.account("al")
    client = connected(there)
    client.sends("PASS wrong", "NICK al", "USER al 0 * :Al")
    there.pass_time(2)
    told = client.reads()
    assert commands(told) == ["464", "ERROR"]
    assert client.is_closed


def test_pass_after_nick_and_user_is_too_late() -> None:
    """Where a guest's nick is an account's, it is refused before PASS comes."""
    there = world()
    there.account("al")
    told = connected(there).sends("NICK al", "USER al 0 * :Al", f"PASS :{PASSWORD}")
    assert commands(told) == ["433"]


def test_an_open_line() -> None:
    """Over a network that can be read along, no password is taken."""
    there = world(CLOSED)
    there.account("al")
    client = connected(there, "192.0.2.7", "198.51.100.1")
    told = client.sends(f"PASS :{PASSWORD}", "NICK al", "USER al 0 * :Al")
    assert commands(told) == ["ERROR"]
    assert "encrypted" in told[0].params[0]


def test_the_banned() -> None:
    """They are told so."""
    there = world()
    promote(there, "ada")
    there.program("ada").asks(do="ban", target="192.0.2.0/24")
    client = connected(there, "192.0.2.7")
    assert commands(client.sends("NICK al", "USER al 0 * :Al")) == ["465", "ERROR"]
    assert client.is_closed


# In limbo


def test_limbo() -> None:
    """Where guests are not let in, whoever proves nothing may talk to NickServ alone."""
    there = world(CLOSED)
    there.account("al")
    client = connected(there)
    told = client.sends("NICK al", "USER al 0 * :Al")
    assert commands(told) == [*WELCOME[:-1], "422", "NOTICE"]
    assert told[-1].params[1] == (
        "Nobody can talk here without an account. Log in with /msg NickServ IDENTIFY NAME PASSWORD, or make an account"
        " of your nick with /msg NickServ REGISTER PASSWORD. There are 60 seconds for that."
    )
    for line in ("JOIN #x", "PRIVMSG bo :x", "PRIVMSG al,NickServ :x", "WHOIS bo", "OPER a b", "MODE #x", "LIST"):
        said, words = client.one(line), line.split(" ")
        assert (said.command, said.params[:2]) == ("477", ("al", words[1] if words[1:] else words[0]))
        assert said.params[2].startswith("Log in with /msg NickServ IDENTIFY NAME PASSWORD, or")
    assert client.sends("MODE al +i") == [], "clients send that by themselves"
    assert client.one("NICK bo").line == ":al!~al@* NICK bo"
    assert client.one("LUSERS x y").command == "402"
    assert client.one("MOTD").command == "422"
    told = client.sends(f"PRIVMSG NickServ :IDENTIFY al {PASSWORD}")
    assert [said.command for said in told] == ["900", "NICK", "NOTICE"]
    assert told[1].line == ":bo!~al@* NICK al"
    assert commands(client.sends("JOIN #x")) == ["JOIN", "353", "366"]


def test_a_nick_in_limbo_is_nobodys() -> None:
    """Two may have the same, and who has an account is not kept out by them."""
    there = world(CLOSED)
    connected(there).sends("NICK al", "USER al 0 * :Al")
    connected(there).sends("NICK al", "USER al 0 * :Al")
    assert account(there, "al").sends("JOIN #x")[0].source == "al!~al@user/al"


# Nicks


def test_guests_change_their_nicks() -> None:
    """Told once to each who shares a channel, and to the guest itself."""
    there = world()
    al, bo, cy = (guest(there, name) for name in ("al", "bo", "cy"))
    for client in (al, bo):
        client.sends("JOIN #x", "JOIN #y")
    al.reads()
    line = al.one("NICK Ally").line
    assert line.endswith(" NICK Ally")
    assert line.startswith(":al!~al@guest/")
    assert [said.line for said in bo.reads()] == [line]
    assert cy.reads() == []
    assert al.one("NICK ALLY").line.startswith(":Ally!~al@guest/")
    assert al.sends("NICK ALLY") == []
    assert commands(al.sends("NICK bo", "NICK", "NICK *", "NICK :a b")) == ["433", "431", "432", "432"]
    assert cy.sends("NICK al")[0].params == ("al",)


def test_accounts_do_not() -> None:
    """The name is the account's."""
    there = world()
    al = account(there, "al")
    said = al.one("NICK other")
    assert (said.command, said.params[:2]) == ("447", ("al", "other"))
    assert al.sends("NICK al") == []


# Gateways


GATEWAY = Gateway("web", "secret", ("127.0.0.0/8",))


def test_a_gateway() -> None:
    """It says where its people come from: that is what their account is shown, and what limits look at."""
    there = world(SITE._replace(gateways=(GATEWAY,)))
    there.account("al")
    client = connected(there)
    assert client.sends("WEBIRC secret web example.org 192.0.2.7 :secure tls") == []
    client.sends(f"PASS :{PASSWORD}", "NICK al", "USER al 0 * :Al")
    assert "192.0.2.7" in client.sends("NS SESSIONS")[0].params[1]
    client.remote.goes()
    assert there.factory.admission.waiting == {}


@pytest.mark.parametrize(
    "line",
    [
        "WEBIRC wrong web h 192.0.2.7",
        "WEBIRC secret other h 192.0.2.7",
        "WEBIRC secret web h nowhere",
        "WEBIRC é web h 192.0.2.7",
    ],
)
def test_no_gateway(line: str) -> None:
    """Whoever is none is turned away."""
    client = alone(SITE._replace(gateways=(GATEWAY,)))
    assert commands(client.sends(line)) == ["ERROR"]
    assert client.is_closed
    elsewhere = connected(world(SITE._replace(gateways=(GATEWAY,))), "192.0.2.1")
    assert commands(elsewhere.sends("WEBIRC secret web h 192.0.2.7")) == ["ERROR"]


def test_a_gateway_whose_people_come_in_the_clear() -> None:
    """Their passwords are not taken, even though the gateway is inside of the machine."""
    there = world(SITE._replace(gateways=(GATEWAY,)))
    there.account("al")
    client = connected(there)
    assert client.sends("WEBIRC secret web h 192.0.2.7") == []
    assert client.one("CAP REQ sasl").params[1] == "NAK"
    assert client.one("AUTHENTICATE PLAIN").command == "904"
    assert commands(client.sends(f"PASS :{PASSWORD}", "NICK al", "USER a 0 * :A", "CAP END")) == ["ERROR"]


# What is offered


def test_sts() -> None:
    """Over an open line it says where to go; nobody can ask for it."""
    client = alone(SITE._replace(sts=Sts(6697, 86400)))
    offered = " ".join(said.params[-1] for said in client.sends("CAP LS 302"))
    assert "sts=port=6697" in offered.split()
    assert client.one("CAP REQ :sts").params[1] == "NAK"
    assert "sts" not in " ".join(said.params[-1] for said in alone().sends("CAP LS 302")).split("=")[0]


def offered(client: IrcClient) -> set[str]:
    """The names of what is offered."""
    return {word.partition("=")[0] for said in client.sends("CAP LS 302") for word in said.params[-1].split()}


def test_what_is_not_to_be_had_is_not_offered() -> None:
    """No password where none is taken, no account where none is made."""
    assert {"sasl", "draft/account-registration"} <= offered(alone())
    exposed = connected(world(), "192.0.2.7", "198.51.100.1")
    assert {"sasl", "draft/account-registration"}.isdisjoint(offered(exposed))
    assert "sasl" in offered(connected(world(SITE._replace(plaintext_logins=True)), "192.0.2.7", "198.51.100.1"))
    for registration in ("invite", "closed"):
        told = offered(alone(SITE._replace(registration=registration)))
        assert "sasl" in told
        assert "draft/account-registration" not in told


def test_what_a_reload_changes_is_told() -> None:
    """To who wants to know (IRCv3 cap-notify), within a second, or before the next word of capabilities; and once."""
    there = world()
    client, plain, new = guest(there, "al", "draft/account-registration"), guest(there, "bo"), connected(there)
    new.sends("CAP LS 302", "NICK cy")
    there.hub.site = there.hub.site._replace(registration="closed")
    assert client.reads() == []
    there.pass_time(1)
    (told,), (early,) = client.reads(), new.reads()
    assert told.params == ("al", "DEL", "draft/account-registration")
    assert early.params == ("cy", "DEL", "draft/account-registration")
    there.hub.site = there.hub.site._replace(sts=Sts(port=6697, duration=86400))
    told = client.sends("CAP LIST")[0]
    assert told.params == ("al", "NEW", "sts=port=6697")
    there.hub.site = there.hub.site._replace(registration="open", name="Another")
    there.pass_time(2)
    (told,) = client.reads()
    assert told.params[1:] == ("NEW", "draft/account-registration=before-connect")
    assert plain.reads() == []


def test_nobody_is_called_as_the_server() -> None:
    """What comes from the server is not to be taken for somebody's."""
    client = alone()
    assert client.one(f"NICK {SERVER.upper()}").command == "432"
    assert client.one("NICK My.Littlе.Server").command == "432"  # noqa: RUF001 - a Cyrillic e
    client.sends("NICK al", "USER al 0 * :Al")
    assert client.one(f"NICK {SERVER}").command == "432"


def test_a_server_name_that_is_none() -> None:
    """A space in the site's name does not split a line."""
    client = alone(SITE._replace(name="The old: café!"))
    told = client.sends("NICK al", "USER al 0 * :Al")
    assert {said.source for said in told} == {"The-old--café-"}


def test_who_never_ends_the_registration_does_not_hear_for_ever() -> None:
    """What is heard before the welcome waits for it; as much as may be owed to anybody, and no more."""
    there = world(limits=Limits(queue_hard=20_000, line_burst=1000))
    bo = account(there, "bo")
    bo.sends("JOIN #a")
    account(there, "al").sends("JOIN #a")
    late = connected(there)
    late.sends("CAP REQ :sasl", "AUTHENTICATE PLAIN", sasl("al"))
    bo.sends(*[f"PRIVMSG #a :{'x' * 400}"] * 20)
    there.pass_time(1)
    assert not late.is_closed
    bo.sends(*[f"PRIVMSG #a :{'x' * 400}"] * 40)
    there.pass_time(1)
    assert commands(late.reads()) == ["ERROR"]
    there.pass_time(3)
    assert late.is_closed


def test_hostile_lines() -> None:
    """Nothing of them ends the connection, or makes a line that is not the server's."""
    client = alone()
    hostile = (b"", b"  ", b":", b"@", b"@ ", b"@a=b", b":x", b"\x00", b"NICK \x00", b"NICK a\rb", b"\xff\xfd\x01")
    for line in (*hostile, b"CAP REQ :" + b"x" * 480, b"NICK " + b"x" * 20_000, b"@" + b"x" * 9000 + b" NICK y"):
        client.sends(line)
    assert not client.is_closed
    assert only(client.sends("CAP END", "NICK al", "USER al 0 * :Al"), "001")
