"""chatc on the full screen, in a terminal that C{tmux} looks after: what stands there is what a person sees."""

import re
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.chatc import CHATC, Window, at_home, keep
from tests.integration.conftest import Connect, Telnet
from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import PASSWORD, Person
from tests.integration.test_first_visit import registers

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("tmux", "telnet")]

Open = Callable[..., Window]


@pytest.fixture
def opens(daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> Open:
    """Opens chatc in a window."""

    def opens(*options: str, name: str = "tmux", then: str = "", **more: str) -> Window:
        window = Window(tmp_path, *options, f"{HOST}:{daemon.port}", then=then, name=name, **more)
        cleanup.callback(window.close)
        return window

    return opens


@pytest.fixture
def carol(daemon: Daemon, opens: Open) -> Window:
    """A person who has registered as carol with chatc, at a daemon that runs."""
    daemon.start()
    return opens().registers("carol")


def said(connect: Connect, room: str = "lobby", name: str = "carol") -> list[str]:
    """What is stored of a room."""
    program = connect().logs_in(name)
    return [event["text"] for event in program.whole_history(room) if event["event"] == "said"]


# At the door.


def test_wrong_password_and_taken_name(carol: Window, opens: Open) -> None:
    """The name is found out before a password is thought of; a wrong password is asked again."""
    carol.enters("/logout")
    carol.is_gone()
    again = opens()
    again.sees("login or register:")
    again.enters("register")
    again.sees("New username:")
    again.enters("Carol")
    again.sees("-- error: The name Carol is taken. Choose another one, or type login if Carol is you.")
    again.sees("[name-taken]\nNew username:")
    again.enters("login")
    again.sees("New username: login\nPassword:")
    again.enters("not my password")
    again.sees("-- Login failed! Wrong name or password.\nPassword (Enter alone: another name):")
    assert "not my password" not in again.screen()
    again.enters("")
    again.sees("\nUsername:")
    keep(again, "taken")
    again.enters("carol")
    again.sees("Username: carol\nPassword:")
    again.enters(PASSWORD)
    again.sees("#lobby>")


# In the conversation.


def test_talking_with_telnet(carol: Window, telnet: Telnet) -> None:
    """Carol at chatc and bob at telnet talk; her password never was on the screen; C{/quit} ends it."""
    assert PASSWORD not in carol.screen()
    bob = telnet()
    registers(bob, "bob")
    carol.sees("** bob has joined #lobby", "2 people")
    carol.enters("hello from chatc ☃ 日本語")
    bob.sees("carol: hello from chatc ☃ 日本語")
    bob.types("hi carol")
    carol.sees("bob: hi carol")
    bob.types("/away lunch")
    bob.types("/topic Printers and paper")
    carol.sees("#lobby  Printers and paper")
    keep(carol, "talking")
    carol.enters("/quit good night")
    carol.is_gone()
    bob.sees("** carol has left the chat (good night)")


def test_rooms_and_what_is_new_in_them(carol: Window, telnet: Telnet) -> None:
    """Alt and a digit goes to a room; what one has not seen is counted below, and marked above."""
    bob = telnet()
    registers(bob, "bob")
    carol.enters("/join #dev")
    carol.sees("-- You are in #dev.", "#dev>", "2:#dev")
    bob.types("is anybody here?")
    bob.types("carol?")
    carol.sees("1:#lobby 2!")
    keep(carol, "rooms")
    carol.presses("M-1")
    carol.sees("#lobby>", "──── new", "bob: carol?")
    carol.sees_no("1:#lobby 2!")
    carol.enters("/room #dev")
    carol.sees("#dev>")
    carol.presses("C-p")
    carol.sees("#lobby>")


def test_direct_messages(carol: Window, telnet: Telnet) -> None:
    """They have a place of their own; what one writes from elsewhere is seen where one is."""
    bob = telnet()
    registers(bob, "bob")
    bob.types("/msg carol psst")
    carol.sees("2:bob 1")
    carol.enters("/reply yes?")
    bob.sees("[carol -> you] yes?")
    carol.sees("[you -> bob] yes?")
    carol.presses("M-a")
    carol.sees("bob>", "bob: psst", "carol: yes?")
    carol.enters("what is it?")
    bob.sees("[carol -> you] what is it?")
    keep(carol, "direct")


def test_old_lines(carol: Window, connect: Connect, opens: Open) -> None:
    """Opening shows the newest, PageUp the older ones to the first; End goes back."""
    bob = connect().registers("bob")
    for number in range(150):
        bob.asks("say", room="lobby", text=f"line {number}.")
    carol.enters("/quit")
    carol.is_gone()
    again = opens("--login", "carol")
    again.sees("line 149.")
    day = re.compile(r"──── \w+ \d+ \w+ \d{4} ───")
    for _ in range(30):
        again.presses("PageUp")
        if "line 0." in again.screen() and day.search(again.screen()):
            break
    again.sees("bob: line 0.", "below: End")
    assert day.search(again.screen()), again.screen()
    again.presses("End")
    again.sees("line 149.")
    again.sees_no("below: End")


def test_searching_by_page(carol: Window, connect: Connect) -> None:
    """The newest twenty, then those before."""
    bob = connect().registers("bob")
    for number in range(25):
        bob.asks("say", room="lobby", text=f"needle {number}.")
    carol.sees("needle 24.")
    carol.enters("/search needle from:bob")
    carol.sees("-- There is more. /search more shows it.", "bob: needle 5.")
    keep(carol, "search")
    carol.enters("/search more")
    carol.sees("bob: needle 0.")


def test_being_kicked(carol: Window, connect: Connect) -> None:
    """One reads by whom and why, and what one was typing goes nowhere."""
    bob = connect().registers("bob")
    bob.asks("join", room="ops")
    carol.enters("/join #ops")
    carol.sees("#ops>")
    carol.types("half a th")
    bob.asks("kick", room="ops", target="carol", reason="shouting")
    carol.sees("** bob kicked you out of #ops (shouting).", "(no room)> half a th")
    carol.enters("ought")
    carol.sees("You are in no room now.")
    keep(carol, "kicked")
    carol.presses("M-1")
    carol.sees("#lobby>")
    assert [event["text"] for event in bob.whole_history("ops") if event["event"] == "said"] == []


def test_tab_and_arrows(carol: Window, connect: Connect) -> None:
    """Commands, rooms and names are completed; what one typed before comes back."""
    connect().registers("bob")
    carol.sees("bob has joined")
    for typed, completed in (("/jo", "#lobby> /join"), ("/join #lo", "#lobby> /join #lobby"), ("bo", "#lobby> bob:")):
        carol.types(typed)
        carol.presses("Tab")
        carol.sees(completed)
        carol.presses("C-c")
        carol.sees_no(completed)
    carol.types("/ro")
    carol.presses("Tab")
    carol.sees("/roomset")
    keep(carol, "completion")
    carol.presses("C-c")
    carol.enters("first thing", "second thing")
    carol.types("draft")
    carol.presses("Up", "Up")
    carol.sees("#lobby> first thing")
    carol.presses("Down", "Down")
    carol.sees("#lobby> draft")


def test_pasting(carol: Window, connect: Connect) -> None:
    """One line is put where one types; several are asked about, and then nothing in them is a command."""
    carol.pastes("one line")
    carol.sees("#lobby> one line")
    carol.presses("C-c")
    carol.pastes("first\n/quit\nthird\n")
    carol.sees("Send these 3 lines to #lobby? yes or no:")
    keep(carol, "paste")
    carol.enters("n")
    carol.sees("-- Nothing of it was sent.")
    carol.pastes("first\n/quit\nthird\n")
    carol.sees("Send these 3 lines to #lobby? yes or no:")
    carol.enters("yes")
    carol.sees("carol: first", "carol: /quit", "carol: third")
    assert said(connect) == ["first", "/quit", "third"]


def test_pasting_in_a_terminal_that_does_not_say_so(carol: Window, connect: Connect) -> None:
    """Lines that come all at once are asked about as well, many as they are; and what says nothing is counted."""
    lines = [f"line {number} of a longer text" for number in range(100)]
    carol.pastes("\n\n".join(lines) + "\n", bracketed=False)
    carol.sees("Send these 100 lines to #lobby, without the 99 empty ones? yes or no:")
    assert said(connect) == []
    carol.enters("yes")
    carol.sees("carol: line 99 of")
    carol.sees_no("on its way")
    assert said(connect) == lines


def test_typing_ahead_is_no_paste(carol: Window, connect: Connect) -> None:
    """A line, and the beginning of the next one, which come at once since the network stood still."""
    carol.pastes("first thing\nsecond thing\ndra", bracketed=False)
    carol.sees("carol: first thing", "carol: second thing", "#lobby> dra")
    assert said(connect) == ["first thing", "second thing"]


def test_each_place_has_its_own_half_typed_line(carol: Window) -> None:
    """Nothing is said in the wrong room because one went to look elsewhere."""
    carol.enters("/join #dev")
    carol.sees("#dev>")
    carol.types("for dev")
    carol.presses("M-1")
    carol.sees("#lobby>\n")
    carol.types("for the lobby")
    carol.presses("M-2")
    carol.sees("#dev> for dev")
    carol.presses("M-1")
    carol.sees("#lobby> for the lobby")


def test_hidden_questions(carol: Window) -> None:
    """What is asked hidden is not on the screen; what was half typed before is there again afterwards."""
    carol.enters("/passwd")
    carol.sees("Your password now (nothing will show):")
    for secret in (PASSWORD, "plum harbour 78", "plum harbour 78"):
        carol.enters(secret)
    carol.sees("-- Your password is changed.")
    assert "harbour" not in carol.screen()


def test_help_and_keys(carol: Window) -> None:
    """Both are lists of what one may do."""
    carol.enters("/help kick")
    carol.sees("For example: /kick bob shouting")
    carol.enters("/keys")
    carol.sees("Alt-1 to Alt-9")
    carol.enters("/mgs bob hello")
    carol.sees("-- error: no command /mgs. Did you mean /msg? [unknown-command]")
    keep(carol, "help")


# Losing the daemon.


def test_a_restart_in_mid_typing(daemon: Daemon, carol: Window, connect: Connect) -> None:
    """The half-typed line stays whole while the daemon dies and comes back, and is said once."""
    carol.types("half a th")
    carol.sees("#lobby> half a th")
    daemon.kill()
    carol.sees("-- connection lost: ", "NOT CONNECTED", "#lobby> half a th")
    carol.types("ought")
    keep(carol, "offline")
    daemon.start()
    carol.sees("-- connected again", "#lobby> half a thought")
    carol.enters(", finished")
    carol.sees("carol: half a thought, finished")
    carol.sees_no("on its way")
    assert said(connect) == ["half a thought, finished"]


def test_what_is_said_meanwhile(daemon: Daemon, carol: Window, connect: Connect) -> None:
    """Lines that are entered while there is no connection wait in view, and are sent, once, in order."""
    daemon.kill()
    carol.sees("-- connection lost: ")
    carol.enters("said into the dark", "twice")
    carol.sees("-- There is no connection now; this is kept and sent as soon as there is one.")
    carol.sees("carol: said into the dark (on its way)", "2 to send")
    daemon.start()
    carol.sees("-- connected again")
    carol.sees_no("on its way")
    assert said(connect) == ["said into the dark", "twice"]


def test_remembered_until_logout(daemon: Daemon, carol: Window, connect: Connect, opens: Open) -> None:
    """The next start asks nothing; who is logged out from elsewhere reads so, and is asked for the password again."""
    carol.enters("/quit")
    carol.is_gone()
    again = opens("--login", "carol", then="; sleep 60")
    again.sees("#lobby>")
    assert "Password" not in again.screen()

    elsewhere = connect().logs_in("carol")
    sessions = elsewhere.asks(do="sessions")["sessions"]
    elsewhere.asks(do="logout", which=next(each["number"] for each in sessions if not each["mine"]))
    again.sees("[session-ended]")
    again.sees("-- You are logged out here. Start again to log in.")
    again.close()

    last = opens("--login", "carol", name="last")
    last.sees("What was kept of your last login is worth nothing any more.", "Password ")
    last.enters(PASSWORD)
    last.sees("#lobby>")
    last.enters("/logout")
    last.is_gone()


def test_marks_go_to_other_sessions(carol: Window, connect: Connect) -> None:
    """What one reads in chatc is read on the telephone."""
    telephone = connect().logs_in("carol")
    connect().registers("bob").asks("say", room="lobby", text="news")
    carol.sees("bob: news")
    heard = telephone.hears()
    while heard["event"] != "marked":
        heard = telephone.hears()
    assert heard["room"] == "lobby"


# How it looks.


def test_colours(daemon: Daemon, carol: Window, connect: Connect, opens: Open) -> None:
    """Times are dim, names have colours, mentions stand out; with NO_COLOR nothing has a colour."""
    connect().registers("bob").asks("say", room="lobby", text="hello carol")
    carol.sees("bob: hello carol")
    assert coloured(carol.screen("-e"))
    carol.enters("/quit")
    carol.is_gone()
    plain = opens("--login", "carol", NO_COLOR="1")
    plain.sees("bob: hello carol")
    assert not coloured(plain.screen("-e"))
    assert "\x1b[1m" in plain.screen("-e")  # what stands out does so all the same
    plain.enters("/quit")
    plain.is_gone()
    plain = opens("--login", "carol", "--no-colour")
    plain.sees("bob: hello carol")
    assert not coloured(plain.screen("-e"))


def coloured(screen: str) -> bool:
    """Whether anything has a colour of its own."""
    codes = [int(code or 0) for found in re.findall(r"\x1b\[([\d;]*)m", screen) for code in found.split(";")]
    return any(30 <= code <= 38 or 40 <= code <= 48 or 90 <= code <= 107 for code in codes)


def test_a_small_window(carol: Window, connect: Connect) -> None:
    """Made narrow and low, it is drawn anew, and nothing is lost."""
    bob = connect().registers("bob")
    bob.asks("say", room="lobby", text="a line of some length that has to be broken " * 3)
    carol.sees("bob: a line of some length")
    carol._run("resize-window", "-x", "30", "-y", "10")
    carol.sees("      length that has to be\n", "connected")
    carol.types("x" * 70)
    carol._run("resize-window", "-x", "120", "-y", "30")
    carol.sees("#lobby> " + "x" * 70)


def test_a_log(daemon: Daemon, connect: Connect, opens: Open, tmp_path: Path) -> None:
    """With --log everything that is said is in a file, which nobody else can read."""
    daemon.start()
    carol = opens("--log", str(tmp_path / "chat.log")).registers("carol")
    connect().registers("bob").asks("say", room="lobby", text="hello carol")
    carol.sees("bob: hello carol")
    carol.enters("hello bob")
    carol.sees("carol: hello bob")
    carol.sees_no("on its way")
    lines = (tmp_path / "chat.log").read_text(encoding="utf-8").split("\n")
    assert [line.partition(" #lobby ")[2] for line in lines if "hello" in line] == [
        "bob: hello carol",
        "carol: hello bob",
    ]
    assert (tmp_path / "chat.log").stat().st_mode & 0o077 == 0


# Plain lines.


@pytest.fixture
def plain(daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> Callable[..., Person]:
    """Brings somebody at C{chatc --plain}."""

    def plain(*options: str) -> Person:
        env = at_home(tmp_path, TERM="xterm")
        person = Person(str(CHATC), "--plain", *options, f"{HOST}:{daemon.port}", env=env)
        cleanup.callback(person.leaves)
        return person

    return plain


def test_plain_lines(daemon: Daemon, connect: Connect, plain: Callable[..., Person]) -> None:
    """For a screen reader: no cursor goes up, a half-typed line stays whole, no password shows."""
    daemon.start()
    bob = connect().registers("bob")
    bob.asks("say", room="lobby", text="before")
    carol = plain()
    carol.sees("login or register: ")
    carol.types("register")
    carol.sees("New username: ")
    carol.types("carol")
    for question in ("Choose a password, 10 characters or more: ", "Once more: "):
        carol.sees(question)
        carol.types(PASSWORD)
    carol.sees("-- User carol registered successfully.")
    carol.sees("bob: before")
    bob.asks("say", room="lobby", text="hello carol")
    carol.sees("bob: hello carol")
    carol.presses(b"hel")
    carol.sees("hel")
    bob.asks("say", room="lobby", text="are you typing?")
    carol.sees("\r   \rbob: are you typing?\r\nhel")
    carol.types("lo bob")
    carol.types("/join #dev")
    carol.sees("-- You are in #dev.")
    bob.asks("say", room="lobby", text="still there?")
    carol.sees("#lobby bob: still there?")
    daemon.stop()
    carol.sees("-- connection lost: ")
    carol.types("kept")
    carol.sees("-- There is no connection now; this is kept")
    daemon.start()
    carol.sees("-- connected again")
    carol.types("/quit")
    carol.sees("-- Good-bye.")
    assert carol.is_let_go() == 0
    assert "\x1b" not in carol.screen
    assert PASSWORD not in carol.screen
    assert "hello bob" in said(connect)
    assert said(connect, "dev") == ["kept"]


def test_a_dumb_terminal_gets_plain_lines(daemon: Daemon, connect: Connect, tmp_path: Path, cleanup: ExitStack) -> None:
    """Without being asked; Ctrl-C forgets the line, and leaves where there is none."""
    daemon.start()
    connect().registers("carol")
    env = {
        key: value for key, value in at_home(tmp_path, TERM="dumb", CHATC_PASSWORD=PASSWORD).items() if key != "PATH"
    }
    carol = Person(str(CHATC), "--login", "carol", f"{HOST}:{daemon.port}", env=env)
    cleanup.callback(carol.leaves)
    carol.sees("-- Login successful!")
    carol.presses(b"half\x03")
    carol.sees("-- The line is forgotten.")
    carol.presses(b"\x03")
    assert carol.is_let_go() == 0
    assert "\x1b" not in carol.screen


def test_version() -> None:
    """Nothing is loaded that is not needed to say it."""
    shown = subprocess.run([str(CHATC), "--version"], capture_output=True, text=True, timeout=30)
    assert (shown.returncode, shown.stdout.split()[0]) == (0, "chatc")
