"""A person at chatc: the conversation, the loss of the line, the good-bye."""

import pytest

from chatd.client.keeping import Kept
from chatd.client.model.entry import Pasted
from tests.client.doubles import logged_in, refused, said, stored
from tests.client.terminal.evening import TOKEN, Evening, at_home


def test_logging_in_as_ever() -> None:
    """login, Username, Password, and one is in the room that one knows."""
    evening = Evening()
    assert evening.screen.asked == "login or register: "
    evening.screen.type("login")
    assert evening.screen.asked == "Username: "
    evening.screen.type("alice")
    assert evening.screen.asked == "Password: *"
    evening.screen.type("correct horse")
    (login,) = evening.server.end.heard()
    assert (login["do"], login["name"], login["password"], login["recent"]) == ("login", "alice", "correct horse", 50)
    evening.server.end.tell(logged_in(login["ref"]))
    shown = evening.screen.seen()
    assert shown[0] == "-- Login successful! Welcome, alice."
    assert shown[1].startswith('-- You are in #lobby: "Say hello".')
    assert evening.chat.shown.title + "> " == "#lobby> "


def test_talking() -> None:
    """One's own line is on the terminal already; others' appear as they come; a refusal says why."""
    evening = at_home()
    evening.screen.type("hello")
    (say,) = evening.server.end.heard()
    assert (say["room"], say["text"]) == ("lobby", "hello")
    assert evening.screen.seen() == []
    evening.server.end.tell(said(8, "hello", "alice"), stored(say["ref"], 8), said(9, "hi alice"))
    assert evening.screen.seen() == ["bob: hi alice"]
    assert [line.text for line in evening.chat.shown.lines[-2:]] == ["hello", "hi alice"]

    evening.screen.type("/topic x")
    evening.turn_away("not-allowed", "Only moderators set the topic.")
    evening.screen.type("/mgs")
    shown = evening.screen.seen()
    assert shown[0] == "-- error: Only moderators set the topic. [not-allowed]"
    assert shown[1].startswith("-- error: no command /mgs.")


def test_another_room() -> None:
    """Joining shows the history, makes it the current room, and asks who is there for completion."""
    evening = at_home()
    evening.screen.type("/join #dev")
    (join,) = evening.server.end.heard()
    assert (join["do"], join["room"], join["recent"]) == ("join", "dev", 20)
    evening.server.end.tell({"done": "join", "at": 0, "ref": join["ref"], "place": {"room": "dev", "seq": 3}})
    history, names = evening.server.end.heard()
    assert (history["do"], names["do"]) == ("history", "names")
    evening.server.end.tell({"done": "names", "ref": names["ref"], "room": "dev", "names": ["alice", "zoe"]})
    assert evening.chat.shown.title + "> " == "#dev> "
    assert evening.chat.complete("z") == ("z", ["zoe: "])


def test_a_room_from_the_command_line_is_joined() -> None:
    """--room is where one talks after the login, and its history is the one that is shown."""
    evening = Evening(name="alice", password="x", room="ops")
    (login,) = evening.server.end.heard()
    assert login["recent"] == 0
    evening.server.end.tell(logged_in(login["ref"]))
    assert ("join", "ops") in [(each["do"], each["room"]) for each in evening.server.end.heard()]


def test_a_loss_while_one_is_talking() -> None:
    """One reads that the line is gone and that what one types is kept; after the return it is said."""
    evening = at_home()
    evening.server.up = False
    evening.server.end.drop()
    assert evening.screen.seen()[0].startswith("-- connection lost: the connection broke; trying again in")
    evening.screen.type("are you there?")
    assert evening.screen.seen() == ["-- There is no connection now; this is kept and sent as soon as there is one."]
    assert (evening.chat.is_online, evening.chat.unsent) == (False, 1)

    evening.server.up = True
    evening.clock.advance(4)
    evening.let_in("resume")
    assert evening.screen.seen() == ["-- connected again"]
    assert [each.get("text") for each in evening.server.end.heard()] == ["are you there?", None]
    assert (evening.chat.is_online, evening.chat.unsent) == (True, 1)


def test_a_refusal_after_a_loss_ends_it() -> None:
    """If the password was changed meanwhile, the half-typed line is broken off and one reads why."""
    evening = at_home()
    evening.server.end.drop()
    evening.clock.advance(4)
    evening.turn_away("login-failed", "Wrong name or password.")
    assert evening.screen.seen()[-1] == "-- Login failed! Wrong name or password."
    assert evening.status == [1]


def test_news_of_other_rooms_are_counted() -> None:
    """What is new elsewhere is counted."""
    evening = at_home()
    evening.server.end.tell(said(1, "x", room="dev"), said(2, "y", room="dev"))
    assert [(place.title, place.unread) for place in evening.chat.places] == [("#lobby", 0), ("#dev", 2)]


def test_a_new_password_is_asked_for_hidden() -> None:
    """/passwd asks for the old one and twice for the new one; none of them shows."""
    evening = at_home()
    evening.screen.type("/passwd")
    for secret in ("old horse", "new horse", "new horse"):
        assert evening.screen.asked is not None
        assert evening.screen.asked.endswith("*")
        evening.screen.type(secret)
    (passwd,) = evening.server.end.heard()
    assert (passwd["do"], passwd["old"], passwd["new"]) == ("passwd", "old horse", "new horse")
    evening.server.end.tell({"done": "passwd", "ref": passwd["ref"]})
    assert evening.screen.seen() == ["-- Your password is changed."]


def test_ctrl_c_forgets_and_does_not_leave() -> None:
    """In a line, and in the middle of a question."""
    evening = at_home()
    evening.screen.press("Ctrl-C")
    evening.screen.type("/passwd")
    evening.screen.press("Ctrl-C")
    evening.screen.type("hello")
    assert [each["do"] for each in evening.server.end.heard()] == ["say"]
    assert evening.status == []


def test_a_login_is_kept_and_the_next_one_asks_nothing(kept: Kept) -> None:
    """One reads once that it is kept; the next evening one is in without a question."""
    evening = Evening(kept, name="alice")
    evening.screen.type("correct horse")
    (login,) = evening.server.end.heard()
    assert login["remember"]
    evening.server.end.tell(logged_in(login["ref"], token=TOKEN))
    assert "-- This login is kept on this machine." in evening.screen.seen()[-1]

    evening = Evening(kept, name="alice")
    assert evening.screen.asked is None
    (login,) = evening.server.end.heard()
    assert (login["token"], login["password"], login["recent"]) == (TOKEN, "", 50)
    evening.server.end.tell(logged_in(login["ref"]))
    assert evening.chat.shown.title + "> " == "#lobby> "
    assert not [line for line in evening.screen.seen() if "kept" in line]


def test_a_login_that_became_worthless_during_a_loss(kept: Kept) -> None:
    """The password is asked; then one is where one was, and what was typed meanwhile is said."""
    kept.keep("alice", TOKEN)
    evening = Evening(kept, name="alice").let_in().people("alice")
    evening.server.end.drop()
    evening.screen.type("said into the dark")
    evening.screen.seen()
    evening.clock.advance(4)
    evening.turn_away("login-failed", "Wrong name or password.")
    assert evening.screen.asked == "Password: *"
    for wrong in ("wrong", "wrong as well"):
        evening.screen.type(wrong)
        evening.turn_away("login-failed", "Wrong name or password.")
    evening.screen.type("correct horse")
    (resume,) = evening.server.end.heard()
    assert (resume["do"], resume["password"]) == ("resume", "correct horse")
    evening.server.end.tell(logged_in(resume["ref"], "resume", token=TOKEN + "2"))
    assert evening.screen.seen()[-1] == "-- connected again"
    assert [each.get("text") for each in evening.server.end.heard()] == ["said into the dark", None]
    assert evening.chat.shown.title + "> " == "#lobby> "


def test_a_password_from_elsewhere_goes_before_a_kept_login(kept: Kept) -> None:
    """With CHATC_PASSWORD it is that password that is tried; one token for this machine is enough."""
    kept.keep("alice", TOKEN)
    (login,) = Evening(kept, name="alice", password="correct horse").server.end.heard()
    assert (login["token"], login["password"], login["remember"]) == ("", "correct horse", False)


@pytest.mark.parametrize("how", ["/logout", "/erase me"])
def test_logging_out_is_a_good_bye(kept: Kept, how: str) -> None:
    """The kept login goes, one reads what was done, and chatc ends with 0."""
    kept.keep("alice", TOKEN)
    evening = Evening(kept, name="alice").let_in().people("alice")
    evening.screen.seen()
    evening.screen.type(how)
    if how == "/erase me":
        assert "for good" in evening.screen.seen()[0]
        assert evening.screen.asked == "Your password (nothing will show): *"
        evening.screen.type("correct horse")
    (asked,) = evening.server.end.heard()
    evening.server.end.tell({"done": asked["do"], "ref": asked["ref"], "sessions": 1, "tokens": 1, "name": "alice"})
    done = {"logout": "-- 1 session ended, 1 token revoked.", "erase": "-- The account alice is no more. Good-bye."}
    assert evening.screen.seen() == [done[asked["do"]], "-- Good-bye."]
    assert evening.status == [0]
    assert kept.token("alice") == ""
    assert not evening.server.end.connected
    assert not evening.clock.getDelayedCalls()


def test_being_put_out_is_said_and_final(kept: Kept) -> None:
    """Whoever was logged out from elsewhere reads so, and is not logged in again behind one's back."""
    kept.keep("alice", TOKEN)
    evening = Evening(kept, name="alice").let_in().people("alice")
    evening.screen.seen()
    evening.server.end.tell(refused(None, "session-ended", "The password of this account was reset."))
    evening.server.end.drop()
    assert evening.screen.seen() == [
        "-- error: The password of this account was reset. [session-ended]",
        "-- You are logged out here. Start again to log in.",
    ]
    assert evening.status == [1]
    evening.clock.advance(1000)
    assert evening.server.calls == 1


def test_a_ban_at_the_door_is_final(kept: Kept) -> None:
    """One reads until when and why; no password is asked, and the login is kept for afterwards."""
    kept.keep("alice", TOKEN)
    why = "You are banned from this server until tomorrow 14:00 (spam)."
    evening = Evening(kept, name="alice").turn_away("not-allowed", why)
    assert evening.screen.seen() == [f"-- error: {why} [not-allowed]"]
    assert evening.status == [1]
    assert kept.token("alice") == TOKEN


def test_put_out_of_the_room(kept: Kept) -> None:
    """One reads who did it and why, and is in no room then."""
    evening = at_home()
    evening.server.end.tell(
        {"event": "kicked", "room": "lobby", "seq": 8, "who": "carol", "at": 1, "target": "alice", "reason": "shouting"}
    )
    (shown,) = evening.screen.seen()
    assert shown.startswith("** carol kicked you out of #lobby (shouting).")
    assert evening.chat.shown.is_console


def test_the_newer_commands_work_as_at_telnet() -> None:
    """Orders, searches and tokens are read, sent and answered in the words of the text face."""
    evening = at_home()
    evening.screen.type("/ban bob 7d spam")
    (ban,) = evening.server.end.heard()
    assert (ban["do"], ban["room"], ban["target"], ban["ms"], ban["reason"]) == (
        "ban",
        "lobby",
        "bob",
        604800000,
        "spam",
    )
    banned = {"event": "banned", "room": "lobby", "seq": 8, "who": "alice", "at": 1, "target": "bob", "until": None}
    evening.server.end.tell(banned, {"done": "ban", "ref": ban["ref"], "room": "lobby", "target": "bob", "until": None})
    assert evening.screen.seen() == ["-- bob is banned from #lobby for ever. /undo takes it back."]

    evening.screen.type("/search printer")
    (search,) = evening.server.end.heard()
    answer = {"done": "search", "ref": search["ref"], "at": 1, "found": [said(3, "the printer")], "next": 3}
    evening.server.end.tell(answer)
    assert "bob: the printer" in evening.screen.seen()[0]
    evening.screen.type("/search more")
    (more,) = evening.server.end.heard()
    assert (more["do"], more["words"], more["before"]) == ("search", "printer", 3)

    evening.screen.type("/token new laptop")
    (token,) = evening.server.end.heard()
    made = {"done": "make-token", "ref": token["ref"], "number": 1, "label": "laptop", "token": "x", "expires_at": 1}
    evening.server.end.tell(made)
    assert evening.screen.seen()[-1] == "-- x"


@pytest.mark.parametrize("how", ["/quit good night", "Ctrl-D", "SIGTERM"])
def test_leaving(how: str) -> None:
    """However one leaves, the server is told, and the status is 0."""
    evening = at_home()
    if how == "SIGTERM":
        evening.running.cancel()
    elif how == "Ctrl-D":
        evening.screen.press(how)
    else:
        evening.screen.type(how)
    (quit_,) = evening.server.end.heard()
    assert quit_["do"] == "quit"
    assert quit_["reason"] == ("good night" if "good" in how else "")
    evening.server.end.tell({"done": "quit", "ref": quit_["ref"]})
    assert evening.screen.seen() == ["-- Good-bye."]
    assert evening.status == [0]
    assert not evening.clock.getDelayedCalls()


def test_leaving_at_the_door() -> None:
    """Ctrl-C and Ctrl-D at a question end it, and so does a signal."""
    for key in ("Ctrl-C", "Ctrl-D", "SIGTERM"):
        evening = Evening()
        if key == "SIGTERM":
            evening.running.cancel()
        else:
            evening.screen.press(key)
        assert evening.status == [0]


def test_a_paste_of_several_lines_is_asked_about() -> None:
    """One keystroke too many does not pour a file into a room; with a yes, nothing in it is a command."""
    evening = at_home()
    evening.screen.type(Pasted(("one", "/quit", "three")))
    assert evening.screen.asked == "Send these 3 lines to #lobby? yes or no: "
    evening.screen.type("no")
    assert evening.server.end.heard() == []
    assert evening.screen.seen() == ["-- Nothing of it was sent."]
    evening.screen.type(Pasted(("one", "/quit", "three")), "y")
    assert [each["text"] for each in evening.server.end.heard()] == ["one", "/quit", "three"]
    assert evening.status == []


def test_leaving_with_lines_that_are_not_sent() -> None:
    """One is told what would be lost; asked twice, chatc goes."""
    evening = at_home()
    evening.server.up = False
    evening.server.end.drop()
    evening.screen.type("into the dark")
    evening.screen.seen()
    evening.screen.type("/quit")
    assert evening.screen.seen() == ["-- 1 line is not sent yet. Wait for the connection; /quit again leaves without."]
    evening.screen.press("Ctrl-D")
    assert evening.screen.seen() == ["-- Good-bye."]
    assert evening.status == [0]
    assert evening.screen.ended_well
