"""Who is called otherwise, or is an account now, as others hear it."""

from tests.dialects.irc.clients import SITE, account, commands, guest, only, world

GOOD = "shivarampassphrase"


def test_a_new_nick_with_its_tags() -> None:
    """Each hears it once, with the tags that it asked for."""
    there = world()
    al = guest(there, "al", "labeled-response", "batch", "server-time")
    bo, cy = guest(there, "bo", "server-time", "account-tag"), guest(there, "cy")
    for client in (al, bo, cy):
        client.sends("JOIN #x", "JOIN #y")
    for client in (al, bo, cy):
        client.reads()
    mine = al.one("@label=x NICK ally")
    assert (mine.tags["label"], mine.params) == ("x", ("ally",))
    heard = bo.reads()
    assert [said.params for said in heard] == [("ally",)]
    assert heard[0].tags == {"time": "2025-12-17T19:33:20.000Z"}
    assert [said.tags for said in cy.reads()] == [{}]


def test_names_on_other_faces() -> None:
    """Who is on another face is heard of, and hears."""
    there = world(SITE._replace(autojoin="lobby"))
    person = there.person("telly")
    al = guest(there, "al")
    al.sends("JOIN #lobby")
    person.sees()
    al.sends("NICK ally")
    assert "ally" in person.sees()
    al.sends(f"NS REGISTER {GOOD}")
    al.sends("PRIVMSG #lobby :hi")
    assert "hi" in person.sees()


def test_who_does_not_want_to_know() -> None:
    """Without the capabilities an account that was made is not told of."""
    there = world()
    al, bo = guest(there, "al"), guest(there, "bo")
    for client in (al, bo):
        client.sends("JOIN #x")
    al.reads()
    assert commands(al.sends(f"REGISTER * * {GOOD}")) == ["REGISTER", "900"]
    assert bo.reads() == []


def test_account_notify_is_of_those_who_share_a_channel() -> None:
    """And of oneself."""
    there = world()
    al, far = guest(there, "al", "account-notify"), guest(there, "far", "account-notify")
    told = al.sends(f"REGISTER * * {GOOD}")
    assert [said.params for said in only(told, "ACCOUNT")] == [("al",)]
    assert far.reads() == []


def test_two_sessions_of_one_account() -> None:
    """Both are the same one: the second comes in quietly, and appears as the first does."""
    there = world()
    watcher = guest(there, "cy")
    watcher.sends("JOIN #x")
    one = account(there, "al")
    one.sends("JOIN #x")
    watcher.reads()
    two = account(there, "al")
    assert watcher.reads() == []
    two.sends("PRIVMSG #x :hi")
    assert only(watcher.reads(), "PRIVMSG")[0].source == only(one.reads(), "PRIVMSG")[0].source == "al!~al@user/al"
