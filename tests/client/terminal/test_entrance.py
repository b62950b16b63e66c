"""The questions at the door: no wrong answer ends them, and nothing secret is asked for where it shows."""

from typing import Any

import pytest

from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.keeping import Kept
from chatd.core.settings.site import Registration
from tests.client.doubles import logged_in
from tests.client.terminal.evening import TOKEN, Evening

WRONG = "Wrong name or password."


def test_registering_asks_the_password_twice() -> None:
    """How long it has to be is said before; a slip in a password that one cannot see is found."""
    evening = Evening()
    evening.screen.type("what?", "reg", "carol")
    assert evening.screen.asked == "Choose a password, 10 characters or more: *"
    evening.screen.type("too short")
    assert evening.screen.lines[-1] == "-- error: that is too short. A password has 10 characters or more."
    evening.screen.type("correct house", "correct horse")
    assert "not the same" in evening.screen.lines[-1]
    evening.screen.type("correct horse")
    assert evening.screen.asked == "Once more: *"
    evening.screen.type("correct horse")
    (register,) = evening.server.end.heard()
    assert (register["do"], register["name"], register["password"]) == ("register", "carol", "correct horse")


def test_a_taken_name() -> None:
    """One reads so before a password is thought of, and chooses another one; no field shows what one types then."""
    evening = Evening()
    evening.screen.type("register", "alice")
    taken = "-- error: The name alice is taken. Choose another one, or type login if alice is you. [name-taken]"
    assert evening.screen.seen() == [taken]
    assert evening.screen.asked == "New username: "
    evening.screen.type("carol")
    assert evening.screen.asked is not None
    assert evening.screen.asked.endswith("*")
    assert evening.server.calls == 0


def test_a_taken_name_that_is_ones_own() -> None:
    """The word that the refusal names goes on with that name."""
    evening = Evening()
    evening.screen.type("register", "alice", "login")
    assert evening.screen.asked == "Password: *"
    evening.screen.type("correct horse")
    (login,) = evening.server.end.heard()
    assert (login["do"], login["name"]) == ("login", "alice")


def test_a_name_that_is_not_there() -> None:
    """Another one, or that one made; Enter alone goes back to the first question."""
    evening = Evening()
    evening.screen.type("login", "carol")
    (why,) = evening.screen.seen()
    assert why.startswith("-- error: There is no account carol here. Type another name, or type register to make it.")
    assert evening.screen.asked == "Username: "
    evening.screen.type("")
    assert evening.screen.asked == "login or register: "
    evening.screen.type("login", "carol", "register")
    assert evening.screen.asked == "Choose a password, 10 characters or more: *"


def test_a_wrong_password_is_asked_again() -> None:
    """As often as one likes, hidden; Enter alone goes back to the name, and says nothing of kept logins."""
    evening = Evening(name="alice")
    assert evening.screen.asked == "Password: *"
    for _ in range(5):
        evening.screen.type("wrong")
        evening.turn_away("login-failed", WRONG)
        assert evening.screen.seen() == [f"-- Login failed! {WRONG}"]
        assert evening.screen.asked == "Password (Enter alone: another name): *"
    evening.screen.type("")
    assert evening.screen.asked == "Username: "
    assert evening.screen.seen() == []
    evening.screen.type("alice", "correct horse")
    (login,) = evening.server.end.heard()
    evening.server.end.tell(logged_in(login["ref"]))
    assert evening.chat.shown.title == "#lobby"


def test_no_password_is_no_attempt() -> None:
    """Enter alone asks for the name again, at the first question and where one is chosen."""
    evening = Evening()
    evening.screen.type("login", "alice", "")
    assert evening.screen.asked == "Username: "
    evening.screen.type("register", "carol", "")
    assert evening.screen.asked == "New username: "
    assert evening.server.calls == 0


@pytest.mark.parametrize("code", ["name-taken", "bad-name"])
def test_a_name_that_was_taken_meanwhile(code: str) -> None:
    """The server's last word is followed by the question for another name."""
    evening = Evening()
    evening.screen.type("register", "carol", "correct horse", "correct horse")
    evening.turn_away(code, "Choose another one.")
    assert evening.screen.asked == "New username: "
    assert evening.status == []


def test_a_password_that_the_server_does_not_like() -> None:
    """Another one is chosen for the same name."""
    evening = Evening()
    evening.screen.type("register", "carol", "carolcarol", "carolcarol")
    evening.turn_away("bad-password", "A password is not the name.")
    assert evening.screen.lines[-1] == "-- error: A password is not the name. [bad-password]"
    evening.screen.type("correct horse", "correct horse")
    (register,) = evening.server.end.heard()
    assert (register["name"], register["password"]) == ("carol", "correct horse")


def test_an_invitation_is_asked_for_where_one_is_needed() -> None:
    """Only there. A site that wants codes does not say which names are free; a wrong code is asked for again."""
    evening = Evening()
    evening.registration = "invite"
    evening.screen.type("register", "alice")
    assert evening.screen.asked == "Invitation code (Enter alone goes back): "
    evening.screen.type(" K7QM-2F9P ", "correct horse", "correct horse")
    (register,) = evening.server.end.heard()
    assert (register["do"], register["invite"]) == ("register", "K7QM-2F9P")
    evening.server.end.tell(
        {"refused": "register", "ref": register["ref"], "code": "registration-closed", "why": "It is not known."}
    )
    assert evening.screen.lines[-1] == "-- error: It is not known. [registration-closed]"
    evening.screen.type("K7QM-2F9Q")
    (register,) = evening.server.end.heard()
    assert (register["invite"], register["password"]) == ("K7QM-2F9Q", "correct horse")


@pytest.mark.parametrize(
    ("registration", "typed", "why"),
    [
        ("invite", ["register", "carol", ""], "Nobody can register here without an invitation."),
        ("closed", ["register", "carol"], "Nobody can register here."),
    ],
)
def test_where_one_cannot_register(registration: Registration, typed: list[str], why: str) -> None:
    """One reads so, and may log in."""
    evening = Evening()
    evening.registration = registration
    evening.screen.type(*typed)
    assert evening.screen.lines[-1].startswith(f"-- error: {why} Ask the people who run this server")
    assert evening.screen.asked == "Username: "


def test_a_kept_login_that_is_worth_nothing_asks_for_the_password(kept: Kept) -> None:
    """It ran out, or was revoked: one reads so, types the password, and is remembered anew."""
    kept.keep("alice", TOKEN)
    evening = Evening(kept, name="alice").turn_away("login-failed", WRONG)
    assert evening.screen.seen() == ["-- Login failed! What was kept of your last login is worth nothing any more."]
    assert kept.token("alice") == ""
    evening.screen.type("correct horse")
    (login,) = evening.server.end.heard()
    assert (login["do"], login["token"], login["password"], login["remember"]) == ("login", "", "correct horse", True)
    evening.server.end.tell(logged_in(login["ref"], token=TOKEN + "2"))
    assert kept.token("alice") == TOKEN + "2"
    evening.screen.type("hello")
    assert "hello" in [each.get("text") for each in evening.server.end.heard()]


def test_a_password_from_elsewhere_is_not_asked_for() -> None:
    """With CHATC_PASSWORD nothing is asked, and a wrong one ends it."""
    evening = Evening(name="alice", password="wrong").turn_away("login-failed", "Wrong name or password.")
    assert evening.status == [1]
    assert evening.screen.asked is None


@pytest.mark.parametrize(
    ("wish", "code"), [({"name": "alice", "register": True}, "name-taken"), ({"name": "carol"}, "no-such-account")]
)
def test_who_cannot_be_asked_is_told(wish: dict[str, Any], code: str) -> None:
    """With CHATC_PASSWORD a wrong name ends it as well."""
    evening = Evening(password="correct horse", **wish)
    assert evening.screen.lines[-1].endswith(f"[{code}]")
    assert evening.status == [1]


@pytest.mark.parametrize(
    ("refusing", "shown"),
    [
        (
            Lost("the connection was refused", "unreachable"),
            "-- error: cannot talk to 127.0.0.1:9999: the connection was refused. Is chatd running there?",
        ),
        (
            Refusal("not-encrypted", "No password is taken here."),
            "-- error: No password is taken here. [not-encrypted]",
        ),
    ],
)
def test_no_password_is_asked_for_where_it_would_be_no_use(refusing: Exception, shown: str) -> None:
    """A server that is not there, or a line that is not encrypted, is found out before anything secret is typed."""
    evening = Evening()
    evening.refusing = refusing
    evening.screen.type("login", "alice")
    assert evening.screen.lines == [shown]
    assert evening.status == [1]
