"""chatc-gui as people use it: on a desktop that nobody looks at, with real keys and clicks, at a real daemon."""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.client.gui.desktop import CHATC_GUI, PROGRAMS, Desktop, Window
from tests.integration.chatctl import Chatctl
from tests.integration.conftest import Connect, Telnet
from tests.integration.daemon import HOST, LOOK_AGAIN, PATIENCE, Daemon, environment
from tests.integration.peers import PASSWORD, Program
from tests.integration.test_first_visit import registers
from tests.integration.test_tls import Door

pytestmark = [pytest.mark.integration, pytest.mark.needs_program(*PROGRAMS)]

LOGIN, REGISTER = ".door.tabs.login", ".door.tabs.register"
ROOMS, MEMBERS = ".chat.panes.rooms.tree", ".chat.panes.members.tree"
TEXT, FIELD = ".chat.panes.middle.conversation.text", ".chat.panes.middle.entry.field"

Open = Callable[..., Window]


@pytest.fixture
def desktop(tmp_path: Path, cleanup: ExitStack) -> Desktop:
    """A desktop."""
    if find_spec("_tkinter") is None:
        sentence = "this Python has no Tk (apt-get install python3-tk)"
        pytest.fail(sentence, pytrace=False) if os.environ.get("CHATD_NO_SKIPS") == "1" else pytest.skip(sentence)
    return Desktop(tmp_path, cleanup)


@pytest.fixture
def gui(daemon: Daemon, desktop: Desktop, tmp_path: Path, cleanup: ExitStack) -> Open:
    """Opens chatc-gui, at a daemon that runs."""
    daemon.start()
    return lambda *options: Window(desktop, tmp_path / "home", cleanup, *options, f"{HOST}:{daemon.port}")


def fill_in(window: Window, name: str, password: str = PASSWORD, again: str | None = None) -> None:
    """Fill in the form that is looked at, from its first field on, and press Enter."""
    for text in (name, password) if again is None else (name, password, again):
        window.types(text)
        window.presses("Tab")
    window.presses("Return") if again is None else window.clicks(f"{REGISTER}.go")


def enters_as(window: Window, name: str) -> Window:
    """Make an account with the second form, and be in."""
    window.presses("ctrl+Tab")
    window.sees("Password again")
    fill_in(window, name, again=PASSWORD)
    window.sees("connected")
    window.sees("#lobby")
    return window


@pytest.fixture
def carol(gui: Open) -> Window:
    """Carol, who has registered with chatc-gui and looks at #lobby."""
    return enters_as(gui(), "carol")


def said_in(program: Program, room: str) -> list[str]:
    """What was said in a room, as the server has it."""
    return [event["text"] for event in program.whole_history(room) if event["event"] == "said"]


def wait_for(what: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until something is so."""
    end = time.monotonic() + within
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(LOOK_AGAIN)


# At the door.


def test_what_was_wrong_stands_beside_its_field(gui: Open, connect: Connect) -> None:
    """In the words of the old programs; what was tried is cleared, and the next try goes on at the name."""
    connect().registers("bob")
    window = gui()
    window.sees("chatd \u2013 log in or register")
    window.sees(".door.tabs: Log in | Register")
    window.presses("Return")
    window.sees("error_name: a username is needed")
    fill_in(window, "bob", "not my password")
    window.sees(f"{LOGIN}.error_password: invalid username or password")
    window.desktop.picture("wrong-password")
    assert window.asks(f"list [{LOGIN}.name get] [{LOGIN}.password get] [focus]") == f"{{}} {{}} {LOGIN}.name"
    fill_in(window, "nobody", PASSWORD)
    window.sees(f"{LOGIN}.error_password: invalid username or password")

    window.presses("ctrl+Tab")
    window.sees("Password again")
    fill_in(window, "bob", again=PASSWORD)
    window.sees(f"{REGISTER}.error_name: username already taken")
    window.desktop.picture("taken-name")
    fields = " ".join(f"[{REGISTER}.{each} get]" for each in ("name", "password", "again"))
    assert window.asks(f"list {fields} [focus]") == f"{{}} {{}} {{}} {REGISTER}.name"
    fill_in(window, "carol", again="something else")
    window.sees(f"{REGISTER}.error_again: the two passwords are not the same")
    assert window.asks(f"list [{REGISTER}.name get] [{REGISTER}.password get]") == "carol {}"
    window.types(PASSWORD)
    window.presses("Tab")
    window.types(PASSWORD)
    window.presses("Return")
    window.sees("#lobby \u2013 carol@")
    assert PASSWORD not in window.screen()
    assert window.complaints() == ""


def test_server_that_is_not_there(desktop: Desktop, daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> None:
    """It is said beside the server, nothing is cleared, and the next try may go elsewhere."""
    daemon.start()
    window = Window(desktop, tmp_path / "home", cleanup, "--register", "127.0.0.1:1")
    window.sees("Password again")
    fill_in(window, "carol", again=PASSWORD)
    window.sees(f"{REGISTER}.error_server: cannot talk to 127.0.0.1:1")
    assert window.asks(f"{REGISTER}.name get") == "carol"
    window.fills(f"{REGISTER}.server", f"{HOST}:{daemon.port}")
    window.presses("Return")
    window.sees(f"#lobby \u2013 carol@{HOST}:{daemon.port}")


# In the conversation.


@pytest.mark.needs_program("telnet")
def test_talks_with_telnet(carol: Window, telnet: Telnet) -> None:
    """Both ways, with what letters there are; a mention is marked, a link opens, a good-bye is heard."""
    bob = telnet()
    registers(bob, "bob")
    carol.sees("** bob has joined #lobby")
    carol.desktop.run("setxkbmap", "de")
    carol.enters("schöne Grüße from a window")
    bob.sees("carol: schöne Grüße from a window")
    bob.types("hi carol \U0001f389 see https://example.org/a_(b), it is good")
    carol.sees("bob: hi carol \U0001f389 see https://example.org/a_(b), it is good")
    assert carol.asks(f"llength [{TEXT} tag ranges mention]") != "0"
    assert carol.asks(f"{TEXT} get link.first link.last") == "https://example.org/a_(b)"
    x, y, width, height = carol.asks(f"{TEXT} bbox link.first").split()
    box = carol.box(TEXT)
    carol.clicks_at(box.x + int(x) + 3 * int(width), box.y + int(y) + int(height) // 2)
    wait_for(carol.opened.exists)
    wait_for(lambda: carol.opened.read_text(encoding="utf-8") == "https://example.org/a_(b)\n")
    carol.desktop.picture("talk")
    carol.presses("Up")  # what is typed in the conversation goes to the line; arrows stay
    carol.types("bo")
    carol.presses("Tab")
    carol.types("bye")
    carol.sees(f"{FIELD}: bob: bye")
    carol.presses("Return")
    bob.sees("carol: bob: bye")
    carol.presses("Up")
    carol.sees(f"{FIELD}: bob: bye")
    carol.closes()
    assert carol.is_gone() == 0
    assert carol.complaints() == ""
    bob.sees("** carol has left the chat")


@pytest.mark.needs_program("telnet")
def test_rooms_and_direct_messages(carol: Window, telnet: Telnet, connect: Connect) -> None:
    """Unread lines are counted on the left and in the title; a click, a key and a double-click lead there."""
    bob = telnet()
    registers(bob, "bob")
    carol.presses("ctrl+j")
    carol.sees("Which room?")
    carol.enters("dev")
    carol.sees("#dev \u2013 carol@")
    bob.types("one")
    bob.types("two, carol")
    carol.sees("#lobby  2 !")
    carol.sees("(2) #dev")
    carol.desktop.picture("unread")
    carol.clicks_item(ROOMS, "lobby")
    carol.sees("#lobby \u2013 carol@")
    carol.sees_no("(2) #")
    lines = carol.conversation()
    assert [line[6:] for line in lines[lines.index("new") + 1 :] if line] == ["bob: one", "bob: two, carol"]

    carol.clicks_item(MEMBERS, "bob", times=2)
    carol.sees("bob \u2013 carol@")
    carol.enters("just for you")
    bob.sees("[carol -> you] just for you")
    carol.presses("alt+1")
    carol.sees("#lobby \u2013 carol@")
    bob.types("/msg carol and for you")
    carol.sees("bob  1 !")
    carol.presses("alt+a")
    carol.sees("bob \u2013 carol@")
    carol.sees("bob: and for you")

    carol.presses("alt+2")
    carol.presses("ctrl+t")
    carol.enters("what is broken")
    carol.sees("header.topic: what is broken")
    carol.presses("ctrl+f")
    carol.enters("just")
    carol.sees("told: 1 line with \u201cjust\u201d, newest first")
    carol.presses("Escape")
    carol.enters("/away lunch")
    carol.sees("standing: away: lunch")
    assert carol.complaints() == ""


def test_what_is_half_typed_and_who_has_gone(carol: Window, telnet: Telnet) -> None:
    """Each place keeps its own half-typed line; a member who has gone stays in the list, below those who are here."""
    bob = telnet()
    registers(bob, "bob")
    carol.sees("bob has joined #lobby")
    carol.types("for the lobby")
    carol.presses("ctrl+j")
    carol.sees("Which room?")
    carol.enters("dev")
    carol.sees("#dev \u2013 carol@")
    assert carol.asks(f"{FIELD} get") == ""
    carol.types("for dev")
    carol.presses("alt+1")
    carol.sees("#lobby \u2013 carol@")
    assert carol.asks(f"{FIELD} get") == "for the lobby"
    carol.clicks_item(MEMBERS, "bob", times=2)
    carol.sees("bob \u2013 carol@")
    assert carol.asks(f"{FIELD} get") == ""
    carol.presses("alt+1")
    carol.sees("#lobby \u2013 carol@")
    bob.types("/quit")
    carol.sees(f"{MEMBERS}: carol  owner\nbob  offline")
    carol.sees("heading: Members (1 here)")
    carol.presses("alt+2")
    carol.sees("#dev \u2013 carol@")
    assert carol.asks(f"{FIELD} get") == "for dev"
    assert carol.complaints() == ""


def test_times_are_those_of_ones_own_zone(carol: Window) -> None:
    """Also of what stands there already when one says where one is."""
    carol.enters("hello")
    carol.sees("carol: hello")
    carol.sees_no("on its way")

    def said_at() -> int:
        line = next(line for line in carol.conversation() if line.endswith("carol: hello"))
        return int(line[:2]) * 60 + int(line[3:5])

    carol.enters("/set zone UTC")
    carol.sees("zone UTC")
    before = said_at()
    carol.enters("/set zone Etc/GMT-7")
    wait_for(lambda: (said_at() - before) % 1440 == 7 * 60)


def test_history(gui: Open, connect: Connect) -> None:
    """What was said before is there on opening, and older lines come as one goes up, each once and in order."""
    bob = connect().registers("bob")
    for number in range(180):
        assert bob.asks("say", room="lobby", text=f"line {number}", cid=f"c{number}")["done"] == "say"
    window = enters_as(gui(), "carol")
    window.sees("line 179")
    assert "line 100" not in window.screen()
    before = window.asks(f"{TEXT} yview")
    for _ in range(40):
        window.presses("Prior")
        if "This is where it begins." in window.screen():
            break
    window.sees("This is where it begins.")
    lines = [line[6:] for line in window.conversation() if "bob: line" in line]
    assert lines == [f"bob: line {number}" for number in range(180)]
    bob.asks("say", room="lobby", text="while one reads", cid="new")
    window.sees("while one reads")
    assert float(window.asks(f"{TEXT} yview").split()[1]) < 0.9
    assert float(before.split()[1]) == 1.0
    window.presses("ctrl+End")
    wait_for(lambda: float(window.asks(f"{TEXT} yview").split()[1]) == 1.0)


@pytest.mark.needs_program("telnet")
def test_kick(carol: Window, telnet: Telnet, connect: Connect) -> None:
    """Where one may, a menu puts somebody out; where one may not, it does not offer it; who is put out reads why."""
    bob = telnet()
    registers(bob, "bob")
    carol.clicks_item(MEMBERS, "bob", button=3)
    carol.sees("Talk with bob")
    carol.presses("Escape")
    carol.presses("ctrl+j")
    carol.enters("den")
    carol.sees("#den \u2013 carol@")
    bob.types("/join #den")
    carol.sees("bob has joined #den")
    carol.clicks_item(MEMBERS, "bob", button=3)
    carol.sees("Kick bob")
    carol.desktop.picture("menu")
    carol.chooses(".popup", "Kick*")
    carol.sees("entry.prompt: Kick bob out of #den. Why?")
    carol.enters("too loud")
    bob.sees("** carol kicked you out of #den (too loud)")
    wait_for(lambda: carol.asks(f"{MEMBERS} children {{}}") == "carol")

    dave = connect().registers("dave")
    assert dave.asks("join", room="cave")["done"] == "join"
    carol.presses("ctrl+j")
    carol.enters("cave")
    carol.sees("#cave \u2013 carol@")
    dave.asks("kick", room="cave", target="carol", reason="not you")
    carol.sees("dave kicked you out of #cave (not you)")
    wait_for(lambda: "cave" not in carol.asks(f"{ROOMS} children {{}}"))
    assert carol.complaints() == ""


def test_daemon_restarts_while_one_types(daemon: Daemon, carol: Window, connect: Connect) -> None:
    """The half-typed line stays, what is entered meanwhile is sent once, and nothing is lost or doubled."""
    carol.enters("before")
    carol.sees("carol: before")
    carol.types("half a th")
    daemon.kill()
    carol.sees("NOT CONNECTED")
    carol.types("ought")
    carol.sees(f"{FIELD}: half a thought")
    carol.desktop.picture("offline")
    carol.presses("Return")
    carol.sees("carol: half a thought (on its way)")
    carol.sees("standing: 1 line to send")
    carol.types("and an")
    daemon.start()
    carol.sees("-- connected again", within=40)
    carol.sees_no("(on its way)")
    carol.sees(f"{FIELD}: and an")
    carol.types("other")
    carol.presses("Return")
    carol.sees("carol: and another")
    dave = connect().registers("dave")
    assert said_in(dave, "lobby") == ["before", "half a thought", "and another"]
    lines = [line[6:] for line in carol.conversation() if "carol: " in line]
    assert lines == ["carol: before", "carol: half a thought", "carol: and another"]
    assert carol.complaints() == ""


def test_closing_warns_of_what_is_not_sent(daemon: Daemon, carol: Window) -> None:
    """The first try to close says that a line is not sent; the second closes."""
    daemon.kill()
    carol.sees("NOT CONNECTED")
    carol.enters("into the dark")
    carol.closes()
    carol.sees("-- 1 line is not sent yet.")
    carol.closes()
    assert carol.is_gone() == 0


def test_login_is_kept_until_logout(carol: Window, gui: Open, connect: Connect) -> None:
    """The next start asks nothing; after a logout, or when one is put out, it is the door again."""
    carol.presses("ctrl+q")
    assert carol.is_gone() == 0
    again = gui("--login", "carol")
    again.sees("#lobby \u2013 carol@")
    wait_for(lambda: again.asks("focus") == FIELD)
    again.enters("/logout")
    again.sees("You are logged out.")
    again.sees("chatd \u2013 log in or register")
    fill_in(again, "carol")
    again.sees("#lobby \u2013 carol@")
    elsewhere = connect().logs_in("carol")
    sessions = elsewhere.asks("sessions")["sessions"]
    for each in sessions:
        if not each["mine"]:
            elsewhere.asks("logout", which=each["number"])
    again.sees("chatd \u2013 log in or register")
    again.sees(".door.news: ")
    again.closes()
    assert again.is_gone() == 0
    assert again.complaints() == ""


def test_twice_as_large(daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> None:
    """On a screen of 192 dots an inch letters are twice as large, nothing is cut off, and keys change it."""
    if find_spec("_tkinter") is None:
        pytest.skip("this Python has no Tk (apt-get install python3-tk)")
    daemon.start()
    desktop = Desktop(tmp_path, cleanup, size="2560x1600", dpi=192)
    window = enters_as(Window(desktop, tmp_path / "home", cleanup, f"{HOST}:{daemon.port}"), "carol")
    desktop.picture("large")
    assert 30 <= int(window.asks("font metrics ChatText -linespace")) <= 36
    edge = window.box(".")
    for path in (FIELD, ".chat.panes.middle.entry.send", MEMBERS, ".chat.panes.middle.header.search"):
        box = window.box(path)
        assert box.x + box.width <= edge.x + edge.width
        assert box.height >= 30
    window.presses("ctrl+minus", "ctrl+minus", "ctrl+minus", "ctrl+minus", "ctrl+minus")
    wait_for(lambda: int(window.asks("font metrics ChatText -linespace")) <= 18)
    window.presses("ctrl+0")
    wait_for(lambda: int(window.asks("font metrics ChatText -linespace")) >= 30)


def test_strangers_and_invitations(daemon: Daemon, desktop: Desktop, tmp_path: Path, cleanup: ExitStack) -> None:
    """Whether to trust a server is asked before a password goes there; an invitation, once the site wants one."""
    door = Door(tmp_path)
    daemon.options += ["--listen", door.endpoint]
    daemon.configure('registration = "invite"\n')
    daemon.start()
    code = Chatctl(daemon.database).says("invite", "new", "for carol").splitlines()[1].strip()
    window = Window(desktop, tmp_path / "home", cleanup, "--register", f"tls:{HOST}:{door.port}")
    window.sees("Password again")
    fill_in(window, "carol", again=PASSWORD)
    window.sees("Nobody vouches for the server")
    desktop.picture("stranger")
    window.clicks(".door.trust.!frame.yes")
    window.sees(f"{REGISTER}.label_invitation: Invitation code")
    desktop.picture("invitation")
    assert window.asks(f"{REGISTER}.name get") == ""
    for text in ("carol", PASSWORD, PASSWORD, code):
        window.types(text)
        window.presses("Tab")
    window.presses("Return")
    window.sees("#lobby \u2013 carol@")
    window.closes()
    assert window.is_gone() == 0

    door.renew()
    daemon.stop()
    daemon.start()
    again = Window(desktop, tmp_path / "home", cleanup, "--login", "carol", f"tls:{HOST}:{door.port}")
    again.sees("HAS CHANGED")
    desktop.picture("changed")
    assert again.complaints() == ""


def test_keys(carol: Window) -> None:
    """Several lines are asked about; a password is not shown; F6 goes round; the menus open without a mouse."""
    carol.asks('clipboard clear; clipboard append "one\\ntwo\\n/quit"')
    carol.types("a draft")
    carol.presses("ctrl+v")
    carol.sees("Send these 3 lines to #lobby?")
    carol.presses("Escape")
    carol.sees(f"{FIELD}: a draft")
    carol.presses("ctrl+v")
    carol.sees(f"{FIELD}: yes")
    carol.presses("Return")
    carol.sees("carol: /quit")
    carol.sees(f"{FIELD}: a draft")
    carol.presses("ctrl+a", "ctrl+slash", "BackSpace")
    carol.enters("/passwd")
    carol.sees("entry.prompt: ")
    carol.types("some words")
    carol.sees(f"{FIELD}: **********")
    carol.desktop.picture("question")
    carol.presses("Escape")
    carol.sees_no("entry.prompt")
    seen = []
    for _ in range(5):
        carol.presses("F6")
        seen.append(carol.asks("focus"))
    assert seen == [ROOMS, TEXT, MEMBERS, ".chat.panes.middle.header.search", FIELD]
    carol.presses("F6", "F6", "F6", "Shift+F10")
    carol.sees(".popup: Away, or back")
    carol.presses("Escape", "Escape")
    carol.presses("F1")
    carol.sees("-- Enter sends")
    carol.presses("alt+h")
    carol.sees("menubar.#menubar#help: Keys")
    carol.desktop.picture("menubar")
    carol.presses("Escape")
    assert carol.complaints() == ""


# Where it cannot be.


def test_no_display(tmp_path: Path) -> None:
    """One sentence, and status 1."""
    if find_spec("_tkinter") is None:
        pytest.skip("this Python has no Tk (apt-get install python3-tk)")
    ended = run_gui(tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("chatc-gui: there is no display to draw on")
    assert ended.stderr.count("\n") == 1


def test_no_tk(tmp_path: Path) -> None:
    """One sentence that says what to install, and status 1; chatc and chatd do without."""
    (tmp_path / "tkinter.py").write_text("raise ImportError('no Tk')\n", encoding="utf-8")
    ended = run_gui(tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}")
    assert ended.returncode == 1
    assert "apt-get install python3-tk" in ended.stderr
    assert ended.stderr.count("\n") == 1


def run_gui(home: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """What becomes of chatc-gui where it cannot be."""
    env = {**environment(**more), "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    return subprocess.run([str(CHATC_GUI)], env=env, capture_output=True, text=True, timeout=30)
