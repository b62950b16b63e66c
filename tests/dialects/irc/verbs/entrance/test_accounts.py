"""REGISTER and VERIFY, as an IRC client sees them."""

import pytest

from tests.dialects.irc.clients import SITE, account, commands, connected, guest, only, world

GOOD = "shivarampassphrase"


def test_before_the_welcome() -> None:
    """The account is made, and the registration goes on as that."""
    client = connected(world())
    client.sends("CAP REQ :draft/account-registration", "NICK bar")
    told = client.sends(f"REGISTER * * {GOOD}")
    assert commands(told) == ["REGISTER", "900"]
    assert told[0].params[:2] == ("SUCCESS", "bar")
    told = client.sends("USER b 0 * :B", "CAP END")
    assert told[0].command == "001"
    assert client.sends("JOIN #x")[0].source == "bar!~b@user/bar"


@pytest.mark.parametrize("name", ["*", "bar", "BAR"])
def test_a_guest_becomes_an_account(name: str) -> None:
    """It stays where it is, and who shares a room is told."""
    there = world()
    client, plain = guest(there, "bar", "chghost", "account-notify"), guest(there, "foo")
    watcher = guest(there, "cy", "chghost", "account-notify", "account-tag")
    for each in (client, plain, watcher):
        each.sends("JOIN #x")
    client.reads()
    told = client.sends(f"REGISTER {name} who@example.org {GOOD}")
    assert commands(told) == ["REGISTER", "900", "ACCOUNT", "CHGHOST"]
    heard = [said for said in watcher.reads() if said.command != "JOIN"]
    assert [(said.command, said.params) for said in heard] == [
        ("ACCOUNT", ("bar",)),
        ("CHGHOST", ("~bar", "user/bar")),
    ]
    assert heard[0].nick == "bar"
    assert only(plain.reads(), "ACCOUNT") == []
    client.sends("PRIVMSG #x :hi")
    said = only(watcher.reads(), "PRIVMSG")[0]
    assert (said.source, said.tags["account"]) == ("bar!~bar@user/bar", "bar")


@pytest.mark.parametrize(
    ("line", "code", "context"),
    [
        ("REGISTER", "NEED_MORE_PARAMS", ()),
        ("REGISTER * *", "NEED_MORE_PARAMS", ()),
        ("REGISTER * * :", "NEED_MORE_PARAMS", ()),
        (f"REGISTER foo * {GOOD}", "ACCOUNT_NAME_MUST_BE_NICK", ("foo",)),
        (f"REGISTER #foo * {GOOD}", "BAD_ACCOUNT_NAME", ("#foo",)),
        (f"REGISTER :a * {GOOD}", "NEED_MORE_PARAMS", ()),
        ("REGISTER * * short", "WEAK_PASSWORD", ("bar",)),
        ("REGISTER * * password12", "WEAK_PASSWORD", ("bar",)),
        (f"REGISTER * * {'é' * 600}", None, ()),
    ],
)
def test_what_is_refused(line: str, code: str | None, context: tuple[str, ...]) -> None:
    """With a code that says why, with the capability for such replies or without."""
    for client in (guest(world(), "bar"), guest(world(), "bar", "standard-replies")):
        told = client.sends(line)
        if code is None:
            assert commands(told) == ["417"]
        else:
            assert [(said.command, said.params[:-1]) for said in told] == [("FAIL", ("REGISTER", code, *context))]


def test_a_nick_comes_first() -> None:
    """Nobody's account cannot be made."""
    assert connected(world()).one(f"REGISTER * * {GOOD}").params[:3] == ("REGISTER", "NEED_NICK", "*")


def test_names_that_are_somebodys() -> None:
    """An account's, and a guest's who is here now."""
    there = world()
    there.account("al")
    guest(there, "root")
    client = connected(there)
    client.sends("CAP LS", "NICK al")
    assert client.one(f"REGISTER * * {GOOD}").params[:3] == ("REGISTER", "ACCOUNT_EXISTS", "al")
    other = connected(there)
    assert other.one("NICK root").command == "433"
    assert other.one(f"REGISTER * * {GOOD}").params[:3] == ("REGISTER", "USERNAME_EXISTS", "root")


def test_a_guests_name_that_no_account_may_have() -> None:
    """What only IRC lets a name hold."""
    client = guest(world(), "[al]")
    assert client.one(f"REGISTER * * {GOOD}").params[:3] == ("REGISTER", "BAD_ACCOUNT_NAME", "[al]")


def test_who_is_logged_in() -> None:
    """Has an account already."""
    client = account(world(), "al")
    assert client.one(f"REGISTER * * {GOOD}").params[:3] == ("REGISTER", "ALREADY_AUTHENTICATED", "al")
    assert client.one("VERIFY al x").params[:3] == ("VERIFY", "ALREADY_AUTHENTICATED", "al")


@pytest.mark.parametrize("registration", ["closed", "invite"])
def test_closed(registration: str) -> None:
    """Where strangers make no accounts, none is made here either."""
    site = SITE._replace(registration=registration)  # type: ignore[arg-type]
    client = guest(world(site), "bar")
    assert client.one(f"REGISTER * * {GOOD}").params[:3] == ("REGISTER", "TEMPORARILY_UNAVAILABLE", "bar")


def test_verify() -> None:
    """Nothing is ever verified."""
    client = guest(world(), "bar")
    assert client.one("VERIFY bar 123").params[:3] == ("VERIFY", "INVALID_CODE", "bar")
    assert client.one("VERIFY :a b").command == "461"
