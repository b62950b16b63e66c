"""What a person is asked at the door, one question at a time."""

import pytest

from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.errors import BadPassword, Busy, LoginFailed, NameTaken, RegistrationClosed
from chatd.core.settings.site import Registration
from chatd.dialects.text.questions import Entrance, Question, change_password, erase, twice

FREE = events.Introduced(name="alice", known=False)
KNOWN = events.Introduced(name="alice", known=True)


def following(question: Question, *typed: str) -> Question:
    for each in typed:
        then = question.then(each)
        assert isinstance(then, Question), then
        question = then
    return question


def result(question: Question, *typed: str) -> Command:
    then = following(question, *typed[:-1]).then(typed[-1])
    assert isinstance(then, Command), then
    return then


def test_a_new_name_chooses_a_password_twice() -> None:
    """Name, password, password again, and one is registered."""
    door = Entrance("open", shortest=10)
    first = door.name()
    assert first.prompt == ("Username (or a new name to register): ", False)
    assert result(first, " alice ") == commands.Introduce(name="alice")
    choose = door.introduced(FREE)
    assert choose.note == b"-- The name alice is free.\r\n"
    assert choose.prompt == ("Choose a password, 10 characters or more (nothing will show): ", True)
    again = following(choose, "correct horse")
    assert again.prompt == ("Once more: ", True)
    assert result(again, "correct horse") == commands.Register(name="alice", password="correct horse", recent=20)


def test_two_different_passwords_begin_again() -> None:
    """A slip of the fingers is told, and one starts over."""
    door = Entrance("open", shortest=10)
    over = following(door.introduced(FREE), "correct horse", "corect horse")
    assert b"the two are not the same" in over.note
    assert over.prompt.text.startswith("Choose a password")
    assert isinstance(result(over, "correct horse", "correct horse"), commands.Register)


def test_a_known_name_is_asked_for_its_password() -> None:
    """Coming back, one is asked once."""
    ask = Entrance("open", shortest=10).introduced(KNOWN)
    assert ask.prompt == ("Password (nothing will show): ", True)
    assert result(ask, "correct horse") == commands.Login(name="alice", password="correct horse", recent=20)


@pytest.mark.parametrize("typed", ["login", "LOGIN ", "register"])
def test_the_words_of_the_menu_are_understood(typed: str) -> None:
    """Who is used to type login or register first is then asked for the name."""
    door = Entrance("open", shortest=10)
    prompt = following(door.name(), typed).prompt
    assert prompt == ("New username: " if typed == "register" else "Username: ", False)


@pytest.mark.parametrize(("who", "said"), [("open", b"[name-taken]"), ("closed", b"[registration-closed]")])
def test_whoever_wants_to_register_does_not_get_somebody_elses_password_prompt(who: Registration, said: bytes) -> None:
    """A taken name is told as taken; where nobody registers, that is what is told."""
    door = Entrance(who, shortest=10)
    door.register()
    over = door.introduced(KNOWN)
    assert said in over.note
    assert not over.prompt.secret
    assert door.introduced(KNOWN).prompt.secret, "the next name is asked for its password again"


def test_a_closed_site_does_not_promise_what_it_does_not_keep() -> None:
    """The first question says nothing of new names."""
    assert Entrance("closed", shortest=10).name().prompt.text == "Username: "


def test_a_new_name_needs_a_code_where_the_site_wants_one() -> None:
    """Whoever registers is asked for the code, then for a password; whoever does not, for the password alone."""
    door = Entrance("invite", shortest=10)
    first = door.name()
    assert first.prompt.text == "Username (or register, if you have an invitation): "
    assert door.introduced(KNOWN).prompt.secret
    assert following(first, "register").prompt.text == "New username: "
    code = door.introduced(KNOWN)  # such a site does not tell which names it knows
    assert code.prompt == ("Invitation code: ", False)
    choose = following(code, " K7QM-2F9P ")
    assert choose.prompt.text.startswith("Choose a password, 10 characters or more")
    command = result(choose, "correct horse", "correct horse")
    assert command == commands.Register(name="alice", password="correct horse", invite="K7QM-2F9P", recent=20)
    again = door.again(command, BadPassword("x"))
    assert result(again, "better horse", "better horse") == (
        commands.Register(name="alice", password="better horse", invite="K7QM-2F9P", recent=20)
    )
    assert not door.again(command, RegistrationClosed("x")).prompt.secret


def test_a_site_by_invitation_that_tells_free_names_asks_them_for_the_code() -> None:
    """A free name needs no word before it."""
    assert Entrance("invite", shortest=10).introduced(FREE).prompt.text == "Invitation code: "


def test_what_is_asked_after_a_refusal() -> None:
    """A password that is not good enough is chosen anew; anything else begins with the name."""
    door = Entrance("open", shortest=10)
    register = commands.Register(name="alice", password="x")
    assert door.again(register, BadPassword("x")).prompt.text.startswith("Choose a password")
    assert door.again(register, NameTaken("x")).prompt.text.startswith("Username")
    assert door.again(commands.Login(name="alice", password="x"), LoginFailed()).prompt.text.startswith("Username")
    assert door.again(commands.Introduce(name="alice"), Busy("x")).prompt.text.startswith("Username")


def test_a_password_is_changed_with_the_old_one_and_twice_the_new_one() -> None:
    """Three hidden questions."""
    ask = change_password()
    prompts = [ask, following(ask, "old"), following(ask, "old", "new horse")]
    assert [each.prompt.secret for each in prompts] == [True] * 3
    assert result(ask, "old", "new horse", "new horse") == commands.Passwd(old="old", new="new horse")


def test_a_password_that_cannot_be_one_is_refused_before_it_is_typed_again() -> None:
    """Nobody types an impossible password twice."""
    with pytest.raises(BadPassword):
        twice("?", lambda new: commands.Ping()).then("a\x01b")


def test_whoever_gives_up_the_account_reads_first_what_that_means() -> None:
    """What will happen is said before the password is asked for; no password leaves all as it is."""
    asked = erase("alice")
    assert asked.note.decode().split("\r\n") == [
        "-- This is for good: the account alice ends, and all that you said is deleted everywhere.",
        "-- Nobody ever gets the name again, not even you. /export shows first what is kept of you.",
        "-- Enter alone, or Ctrl-C, leaves everything as it is.", "",
    ]  # fmt: skip
    assert asked.prompt == ("Your password (nothing will show): ", True)
    assert result(asked, "correct horse") == commands.Erase(password="correct horse")
    with pytest.raises(BadPassword):
        asked.then("")
