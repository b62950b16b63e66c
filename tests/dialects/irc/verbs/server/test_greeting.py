"""What the server says of itself, as an IRC client reads it."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.dialects.irc.verbs.server.help import _SUBJECTS
from chatd.dialects.irc.verbs.table import COMMANDS
from chatd.testing import BEGINNING
from tests.dialects.irc.clients import SERVER, SITE, account, commands, connected, guest, only, promote, world

LUSERS = ["251", "252", "253", "254", "255", "265", "266"]


def test_the_message_of_the_day() -> None:
    """Line by line, at the welcome and when it is asked for."""
    site = SITE._replace(motd="Welcome.\n\nBe kind.")
    client = guest(world(site), "al")
    told = client.sends("MOTD")
    assert commands(told) == ["375", "372", "372", "372", "376"]
    assert [said.params[1] for said in told[1:-1]] == ["- Welcome.", "- ", "- Be kind."]
    assert commands(client.sends(f"MOTD {SERVER}")) == commands(told)
    assert commands(guest(world(), "al").sends("MOTD")) == ["422"]


@pytest.mark.parametrize("command", ["MOTD", "VERSION", "TIME", "INFO", "ADMIN", "LUSERS x", "STATS u"])
def test_other_servers(command: str) -> None:
    """There are none; this one is meant by its name, by a mask of it, and by the nick of somebody who is here."""
    there = world(SITE._replace(motd="x"))
    client = guest(there, "al")
    guest(there, "bo")
    here = commands(client.sends(command))
    for target in (SERVER, "my.little.SERVER", "*Little*", "al", "bo", "AL"):
        assert commands(client.sends(f"{command} {target}")) == here
    for target in ("invalid.server.example", "invalidserver", "cy", "#x", "*!*"):
        said = client.one(f"{command} {target}")
        assert (said.command, said.params[:2]) == ("402", ("al", target))


def test_lusers() -> None:
    """Everybody counts, and who has said nothing yet."""
    there = world()
    al = guest(there, "al")
    there.person("telly")
    connected(there).sends("NICK x")
    told = {said.command: said.params for said in al.sends("LUSERS")}
    assert list(told) == LUSERS
    assert told["251"] == ("al", "There are 2 users and 0 invisible on 1 servers")
    assert told["252"][1] == "0"
    assert told["253"][1] == "1"
    assert told["255"] == ("al", "I have 2 clients and 0 servers")
    assert told["265"][1:3] == told["266"][1:3] == ("2", "2")


def test_lusers_as_they_come_and_go() -> None:
    """Those who went are not counted any more, but for the most that there were at once."""
    there = world()
    al, bo = guest(there, "al"), guest(there, "bo")
    promote(there, "ada")
    bo.sends("MODE bo +i", "OPER ada :correct horse")
    told = {said.command: said.params for said in al.sends("LUSERS")}
    assert told["251"][1] == "There are 1 users and 1 invisible on 1 servers"
    assert told["252"][1] == "1"
    stranger = connected(there)
    stranger.sends("NICK x", "QUIT")
    stranger.remote.goes()
    bo.sends("QUIT")
    bo.remote.goes()
    told = {said.command: said.params for said in al.sends("LUSERS")}
    assert [told[each][1] for each in ("252", "253", "265")] == ["0", "0", "1"]
    assert told["266"][2] == "2"


def test_version_and_features() -> None:
    """VERSION tells what is supported once more; ISUPPORT only that, in one batch for who wants that, at any time."""
    there = world()
    client = guest(there, "al")
    told = client.sends("VERSION")
    assert commands(told) == ["351", "005", "005", "005"]
    assert told[0].params == ("al", "chatd-0", SERVER, "chatd")
    tokens = dict(word.partition("=")[::2] for said in told[1:] for word in said.params[1:-1])
    assert (tokens["NETWORK"], tokens["CASEMAPPING"], tokens["NICKLEN"]) == (SERVER, "ascii", "32")
    assert all(word.count("=") <= 1 for said in told[1:] for word in said.params[1:-1])
    assert commands(client.sends("ISUPPORT")) == ["005"] * 3
    early = connected(there)
    early.sends("CAP REQ :batch draft/extended-isupport")
    told = early.sends("ISUPPORT")
    assert commands(told) == ["BATCH", "005", "005", "005", "BATCH"]
    assert told[0].params[1] == "draft/isupport"
    assert {said.tags["batch"] for said in told[1:-1]} == {told[0].params[0][1:]}
    assert told[1].params[0] == "*"


def test_labels() -> None:
    """Many lines are one batch with the label, none is an ACK."""
    client = guest(world(), "al", "labeled-response", "batch", "draft/extended-isupport")
    told = client.sends("@label=a LUSERS")
    assert commands(told) == ["BATCH", *LUSERS, "BATCH"]
    assert told[0].tags["label"] == "a"
    assert client.one("@label=b PING x").tags["label"] == "b"
    assert client.one("@label=c PONG x").line == f"@label=c :{SERVER} ACK"
    assert client.sends("@label=d ISUPPORT")[0].tags["label"] == "d"
    assert client.one("@label=e MODE al +i").tags["label"] == "e"
    assert client.one("@label=f NICK bo").tags["label"] == "f"


def test_the_rest() -> None:
    """Each in its own form."""
    there = world()
    client = guest(there, "al")
    there.pass_time(3)
    client.sends("PONG x")
    said = client.one("TIME")
    assert said.command == "391"
    assert said.params[:4] == ("al", SERVER, str(BEGINNING // 1000 + 3), "0")
    told = client.sends("INFO")
    assert set(commands(told[:-1])) == {"371"}
    assert told[-1].command == "374"
    assert client.one("LINKS").params == ("al", "*", "End of /LINKS list")
    assert client.one("ADMIN").command == "423"
    told = client.sends("STATS u", "STATS o", "STATS :")
    assert [said.params for said in only(told, "242")] == [("al", "Server Up 0 days 0:00:03")]
    assert [said.params[1] for said in only(told, "219")] == ["u", "o", "*"]
    assert [client.one(line).command for line in ("USERS", "SUMMON x", "STATS", "PING")] == ["446", "445", "461", "409"]
    assert client.one("PING abcdef").params == (SERVER, "abcdef")
    assert client.sends("PONG", "ERROR :x") == []


@pytest.mark.parametrize("command", ["HELP", "HELPOP", "help"])
def test_help(command: str) -> None:
    """An index, a line for each command, and a numeric for what is none."""
    client = guest(world(), "al")
    for subject, shown in (("", "*"), (" PRIVMSG", "PRIVMSG"), (" privmsg", "PRIVMSG"), (" :", "*")):
        told = client.sends(command + subject)
        assert commands(told) == ["704", *["705"] * (len(told) - 2), "706"]
        assert {said.params[1] for said in told} == {shown}
    said = client.one(f"{command} THISISNOTACOMMAND")
    assert (said.command, said.params[1]) == ("524", "THISISNOTACOMMAND")
    assert client.one(f"{command} :a b").params[1] == "*"


def test_there_is_help_for_every_command() -> None:
    """A command without is one that nobody finds."""
    assert sorted(COMMANDS.keys() - _SUBJECTS.keys() - {"ERROR", "HELPOP"}) == []


def test_quit() -> None:
    """The reason is told to who shares a channel; of the connection, ERROR is the last line."""
    there = world()
    al, bo = guest(there, "al"), guest(there, "bo")
    al.sends("JOIN #x")
    bo.sends("JOIN #x")
    al.reads()
    assert commands(bo.sends("QUIT :out of here")) == ["ERROR"]
    assert bo.is_closed
    assert [said.params for said in only(al.reads(), "QUIT")] == [("out of here",)]
    cy = guest(there, "cy")
    assert cy.asks("QUIT :\x1b[2J") == ["ERROR Quit"]


def test_silence() -> None:
    """Who does not answer is dropped, whether it was welcomed or not."""
    there = world()
    early, late = connected(there), guest(there, "al")
    there.pass_time(80)
    assert commands(early.reads()) == ["ERROR"]
    there.pass_time(40)
    assert commands(late.reads()) == ["PING"]
    late.sends("PONG x")
    there.pass_time(60)
    assert not late.is_closed
    there.pass_time(200)
    assert commands(late.reads())[-1] == "ERROR"
    assert late.is_closed


def test_an_account_is_greeted_by_its_name() -> None:
    """And enters its channels at once."""
    there = world()
    there.program("al").asks(do="join", room="tea")
    client = account(there, "al")
    assert client.sends("JOIN #tea") == []


def test_a_pong_can_be_relied_on() -> None:
    """What others have said before a PING is there before its PONG; where too much is to be stored, it comes alone."""
    there = world(limits=Limits(journal_entries=2))
    foo, bar = guest(there, "foo"), guest(there, "bar")
    there.database.waiting = []
    assert foo.sends("PRIVMSG bar :hi") == bar.sends("PING x") == []
    there.database.let_go()
    assert commands(bar.reads()) == ["PRIVMSG", "PONG"]
    there.database.waiting = []
    assert foo.sends("PRIVMSG bar :1", "PRIVMSG bar :2", "PRIVMSG bar :3") == []
    assert bar.one("PING x").command == "PONG"
