"""OPER, what operators order, and one's own modes, as an IRC client sees them."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.testing import PASSWORD, World
from tests.dialects.irc.clients import SERVER, SITE, IrcClient, account, commands, guest, only, promote, world


def with_operator() -> tuple[World, IrcClient]:
    """A server with an account that runs it, and a guest who has its powers."""
    there = world()
    promote(there, "operuser")
    client = guest(there, "op")
    assert commands(client.sends(f"OPER operuser :{PASSWORD}")) == ["381", "MODE"]
    return there, client


def test_oper() -> None:
    """The powers are told, and the mode; twice makes no difference."""
    there, client = with_operator()
    assert client.one("MODE op").params == ("op", "+o")
    assert commands(client.sends(f"OPER operuser :{PASSWORD}")) == ["381"]
    assert client.one("MODE op -o").params == ("op", "-o")
    assert client.one("MODE op").params == ("op", "+")
    assert client.one("REHASH").command == "481"
    assert client.sends("MODE op -o", "MODE op +o") == []
    assert there.died == []


def test_oper_that_is_refused() -> None:
    """A wrong password, a name that there is not, an account without powers."""
    there = world()
    promote(there, "operuser")
    there.account("al")
    client = guest(there, "op")
    for line in ("OPER operuser wrong", "OPER notanoperuser somepassword"):
        client.sends(line)
        there.pass_time(5)
        assert commands(client.reads()) == ["464"]
    assert client.one("OPER # x").command == "464"
    assert client.one(f"OPER al :{PASSWORD}").command == "491"
    for line in ("OPER", "OPER operuser"):
        assert client.one(line).params[:2] == ("op", "OPER")
    assert client.one("MODE op").params == ("op", "+")


def test_too_many_tries() -> None:
    """OPER is no way to guess passwords."""
    there = world(SITE, Limits(login_tries=1))
    promote(there, "operuser")
    client = guest(there, "op")
    client.sends("OPER operuser wrong")
    there.pass_time(5)
    assert commands(client.reads()) == ["464", "ERROR"]
    assert client.is_closed


def test_kill() -> None:
    """All connections of the victim end, and who shared a channel sees it go."""
    there, op = with_operator()
    al, bo = guest(there, "alice"), guest(there, "bob")
    al.sends("JOIN #x")
    bo.sends("JOIN #x")
    al.reads()
    assert commands(al.sends("KILL bob :why not")) == commands(al.sends("KILL alice :x")) == ["481"]
    assert al.one("KILL nobody :x").command == "481"
    assert bo.sends("PING x")
    assert op.sends("KILL BOB :some arbitrary reason") == []
    assert bo.asks()[-1] == "ERROR :You were put out of this server: some arbitrary reason."
    assert bo.is_closed
    assert [said.params for said in only(al.reads(), "QUIT")] == [("put out by op: some arbitrary reason",)]
    assert op.one("KILL bob :again").command == "401"
    assert op.one(f"KILL {SERVER} :x").command == "483"
    assert op.one("KILL").command == "461"
    assert op.one("KILL #x :y").command == "401"
    op.sends("KILL alice")
    assert al.is_closed


def test_wallops() -> None:
    """Those hear it who want to, and operators; on other faces, everybody."""
    there, op = with_operator()
    quiet, keen = guest(there, "quiet"), guest(there, "keen")
    person = there.person("telly")
    assert quiet.sends("MODE quiet -w") == []
    assert keen.one("MODE keen +w").params == ("keen", "+w")
    line = op.one("WALLOPS :hi everyone").line
    assert line.startswith(":op!~op@guest/")
    assert line.endswith("WALLOPS :hi everyone")
    assert keen.asks() == [line]
    assert quiet.asks() == []
    assert "hi everyone" in person.sees()
    assert quiet.one("WALLOPS :hi").command == "481"
    assert [op.one(each).command for each in ("WALLOPS", "WALLOPS :", "WALLOPS :  ")] == ["461"] * 3
    long = op.sends(f"WALLOPS :{'é' * 240}")
    assert "".join(said.params[0] for said in long) == "é" * 240


def test_a_word_from_elsewhere() -> None:
    """What is announced on another face is a notice to everybody."""
    there = world()
    promote(there, "ada")
    client = guest(there, "al")
    there.program("ada").asks(do="announce", text="We stop at noon.")
    assert client.asks() == [f":{SERVER} NOTICE al :We stop at noon."]


def test_rehash() -> None:
    """The configuration is read again."""
    there, op = with_operator()
    assert op.one("REHASH").params == ("op", "chatd.toml", "Rehashing")
    assert there.ports.server.ordered == ["reload"]  # type: ignore[attr-defined]
    assert guest(there, "al").one("REHASH").command == "481"


def test_die() -> None:
    """For who may stop the server."""
    there, op = with_operator()
    assert guest(there, "al").one("DIE").command == "481"
    assert there.ports.server.ordered == []  # type: ignore[attr-defined]
    assert op.sends("DIE") == []
    assert there.ports.server.ordered == ["shutdown"]  # type: ignore[attr-defined]


def test_what_one_server_cannot_do() -> None:
    """There are no others to connect to."""
    there, op = with_operator()
    al = guest(there, "al")
    for line in ("CONNECT a.b", "SQUIT a.b", "RESTART"):
        assert al.one(line).command == "481"
    assert [op.one(line).command for line in ("CONNECT a.b", "SQUIT a.b", "RESTART")] == ["402", "402", "481"]
    assert [al.one(line).command for line in ("CONNECT", "SQUIT")] == ["461", "461"]


# One's own modes


def test_own_modes() -> None:
    """What changed is told, what is unknown is refused, and what is as it was is nothing."""
    client = guest(world(), "al")
    assert client.one("MODE al").params == ("al", "+")
    told = client.sends("MODE AL +iwxB-i+i+o")
    assert commands(told) == ["MODE", "501"]
    assert told[0].params == ("al", "+iwB-i+i")
    assert client.one("MODE al").params == ("al", "+Biw")
    assert client.sends("MODE al +iwB") == client.sends("MODE al :") == client.sends("MODE al +-+") == []
    assert client.one("MODE al -iwB").params == ("al", "-iwB")
    assert client.one("MODE al +é").command == "501"


def test_the_modes_of_others() -> None:
    """Are theirs."""
    there = world()
    client = guest(there, "al")
    guest(there, "bo")
    assert client.one("MODE bo").command == "502"
    assert client.one("MODE bo +i").command == "502"
    assert client.one("MODE cy +i").params[:2] == ("al", "cy")
    assert client.one("MODE cy +i").command == "401"


@pytest.mark.parametrize("line", ["MODE", "MODE :"])
def test_modes_of_nobody(line: str) -> None:
    """A name is lacking, or is none."""
    assert guest(world(), "al").one(line).command in ("461", "401")


def test_an_account_keeps_its_own_powers() -> None:
    """Whose role lets it order something needs no OPER."""
    there = world()
    promote(there, "ada")
    assert account(there, "ada").one("REHASH").command == "382"
