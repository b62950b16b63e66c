"""
A desktop of one's own, without a screen (C{Xvfb}), and chatc-gui on it: pressed and clicked as a person does
(C{xdotool}), and read from what its widgets show.

What a widget shows is asked of Tk itself, with Tk's C{send}, which any program on a desktop may use; chatc-gui has no
part in it.
"""

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.integration.daemon import LOOK_AGAIN, PATIENCE, environment

CHATC_GUI = Path(sysconfig.get_path("scripts")) / "chatc-gui"
PICTURES = "CHATD_PICTURES"  # a directory in which the screenshots are to be kept
PROGRAMS = ("Xvfb", "xauth", "xdotool", "xwininfo")

_EYE = """
import json, sys, tkinter
root = tkinter.Tk(className="eye")
root.withdraw()
for line in sys.stdin:
    try:
        answer = [True, str(root.tk.call("send", *json.loads(line)))]
    except tkinter.TclError as wrong:
        answer = [False, str(wrong)]
    print(json.dumps(answer), flush=True)
"""
_BROWSER = "import sys; open(sys.argv[1], 'a', encoding='utf-8').write(sys.argv[2] + chr(10))"
_LOOK = """
namespace eval looking {
    proc text {w} {
        switch [winfo class $w] {
            TLabel - TButton - TCheckbutton { return [$w cget -text] }
            TEntry { return [expr {[$w cget -show] eq "" ? [$w get] : [regsub -all . [$w get] *]}] }
            Text { return [$w get 1.0 end-1c] }
            Treeview {
                set lines {}
                foreach item [$w children {}] {
                    lappend lines [string trimright "[$w item $item -text]  [lindex [$w item $item -values] 0]"]
                }
                return [join $lines "\\n"]
            }
            TNotebook {
                set tabs {}
                foreach tab [$w tabs] { lappend tabs [$w tab $tab -text] }
                return [join $tabs " | "]
            }
            Menu {
                set lines {}
                for {set at 0} {$at <= [$w index end]} {incr at} {
                    catch { lappend lines [$w entrycget $at -label] }
                }
                return [join $lines "\\n"]
            }
        }
        return ""
    }
    proc walk {w} {
        set found {}
        foreach child [winfo children $w] {
            if {[winfo viewable $child]} {
                set text [text $child]
                if {$text ne ""} { lappend found "$child: $text" }
                lappend found {*}[walk $child]
            }
        }
        return $found
    }
}
join [concat [list [wm title .]] [looking::walk .]] "\\n"
"""


class Box(NamedTuple):
    """Where something is on the screen."""

    x: int
    y: int
    width: int
    height: int


class Desktop:
    """A screen that nobody looks at, but for C{picture}."""

    def __init__(self, place: Path, cleanup: ExitStack, size: str = "1280x800", dpi: int = 96) -> None:
        self._place = place
        authority = place / "Xauthority"
        authority.touch(0o600)
        read, write = os.pipe()
        self.env = environment(XAUTHORITY=str(authority))
        self._cookie(authority, ":0")  # Xvfb takes any cookie that is there, whatever display it is for
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-dpi", str(dpi), "-nolisten", "tcp",
             "-auth", str(authority)],
            pass_fds=(write,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        cleanup.callback(_end, server)
        with open(read, encoding="ascii") as file:
            number = file.readline().strip()
        assert number, "Xvfb does not start"
        self.env["DISPLAY"] = f":{number}"
        self._cookie(authority, f":{number}", self._key)
        self._eye = subprocess.Popen(
            [sys.executable, "-c", _EYE], env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        cleanup.callback(_end, self._eye)

    def _cookie(self, authority: Path, display: str, key: str | None = None) -> None:
        self._key = key or secrets.token_hex(16)
        subprocess.run(
            ["xauth", "-q", "-f", str(authority), "add", display, ".", self._key], check=True, capture_output=True
        )

    def run(self, *command: str) -> str:
        """Run a program on this desktop."""
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"
        return done.stdout

    def ask(self, window: str, script: str) -> str | None:
        """Ask Tk in a window something; C{None} if there is no such window."""
        assert self._eye.stdin is not None
        assert self._eye.stdout is not None
        self._eye.stdin.write(json.dumps([window, script]) + "\n")
        self._eye.stdin.flush()
        good, answer = json.loads(self._eye.stdout.readline())
        return str(answer) if good else None

    def picture(self, name: str) -> None:
        """Keep a screenshot, if somebody wants to look at it."""
        if PICTURES in os.environ and shutil.which("import"):
            Path(os.environ[PICTURES]).mkdir(parents=True, exist_ok=True)
            time.sleep(0.2)
            self.run("import", "-window", "root", str(Path(os.environ[PICTURES]) / f"{name}.png"))


class Window:
    """
    chatc-gui, and somebody before it.

    @ivar name: What Tk calls it.
    """

    def __init__(self, desktop: Desktop, home: Path, cleanup: ExitStack, *options: str, name: str = "") -> None:
        self.name = name or "chatc-gui"
        self.desktop = desktop
        self._complaints = home / "chatc-gui.err"
        home.mkdir(exist_ok=True)
        env = {**desktop.env, "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        env["XDG_CONFIG_HOME"] = str(home / "config")
        self.opened = home / "opened"
        (home / "browser.py").write_text(_BROWSER, encoding="utf-8")
        env["BROWSER"] = f"{sys.executable} {home / 'browser.py'} {self.opened} %s"
        with open(self._complaints, "ab") as complaints:
            self._process = subprocess.Popen([str(CHATC_GUI), *options], env=env, stderr=complaints)
        cleanup.callback(_end, self._process)
        self.sees("chatd")
        self.focus()

    def complaints(self) -> str:
        """What it has written to standard error."""
        return self._complaints.read_text(encoding="utf-8")

    def asks(self, script: str) -> str:
        """Ask Tk something."""
        answer = self.desktop.ask(self.name, script)
        assert answer is not None, f"{script} has no answer\n{self.complaints()}"
        return answer

    def screen(self) -> str:
        """Everything that its widgets show, with the name of each."""
        assert self._process.poll() is None, f"it has ended:\n{self.complaints()}"
        return self.desktop.ask(self.name, _LOOK) or ""

    def sees(self, text: str, within: float = PATIENCE) -> None:
        """Wait until it shows something."""
        end = time.monotonic() + within
        while text not in (screen := self.screen()):
            assert time.monotonic() < end, f"there is no {text!r} in:\n{screen}\n{self.complaints()}"
            time.sleep(LOOK_AGAIN)

    def sees_no(self, text: str, within: float = PATIENCE) -> None:
        """Wait until it does not show something any more."""
        end = time.monotonic() + within
        while text in (screen := self.screen()):
            assert time.monotonic() < end, f"there is still {text!r} in:\n{screen}"
            time.sleep(LOOK_AGAIN)

    def conversation(self) -> list[str]:
        """The lines in the middle."""
        return self.asks(".chat.panes.middle.conversation.text get 1.0 end-1c").splitlines()

    def focus(self) -> None:
        """Bring it to the front, as a window manager does."""
        end = time.monotonic() + PATIENCE
        while not self.asks("focus"):
            assert time.monotonic() < end, "it does not take the focus"
            told = self.desktop.run("xwininfo", "-tree", "-id", self.asks("winfo id .")).splitlines()
            root, frame = (
                next(line.split()[3] for line in told if f"{kind} window id:" in line) for kind in ("Root", "Parent")
            )
            if root != frame and self.asks("winfo viewable .") == "1":
                self.desktop.run("xdotool", "windowfocus", root, "windowraise", frame, "windowfocus", frame)
            time.sleep(0.1)

    def types(self, text: str) -> None:
        """Type something."""
        self.desktop.run("xdotool", "type", "--delay", "4", text)

    def presses(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self.desktop.run("xdotool", "key", "--delay", "20", *keys)

    def enters(self, text: str) -> None:
        """Type a line and press Enter."""
        self.types(text)
        self.presses("Return")

    def fills(self, path: str, text: str) -> None:
        """Click into a field and type something in the place of what is there."""
        self.clicks(path)
        self.presses("ctrl+a", "ctrl+slash", "BackSpace")
        self.types(text)

    def box(self, path: str) -> Box:
        """Where a widget is."""
        asked = " ".join(f"[winfo {each} {path}]" for each in ("rootx", "rooty", "width", "height"))
        return Box(*(int(each) for each in self.asks(f"list {asked}").split()))

    def clicks(self, path: str, button: int = 1) -> None:
        """Click in the middle of a widget."""
        box = self.box(path)
        self.clicks_at(box.x + box.width // 2, box.y + box.height // 2, button)

    def clicks_item(self, tree: str, item: str, button: int = 1, times: int = 1) -> None:
        """Click on an item of a list."""
        end = time.monotonic() + PATIENCE
        while not (where := self.desktop.ask(self.name, f"{tree} bbox {{{item}}}")):
            assert time.monotonic() < end, f"there is no {item} in:\n{self.screen()}"
            time.sleep(LOOK_AGAIN)
        box = self.box(tree)
        x, y, _width, height = (int(each) for each in where.split())
        self.clicks_at(box.x + x + 20, box.y + y + height // 2, button, times)

    def chooses(self, menu: str, label: str) -> None:
        """Click on an entry of a menu that is open."""
        at = self.asks(f"{menu} index {{{label}}}")
        y = int(self.asks(f"{menu} yposition {at}"))
        box = self.box(menu)
        self.clicks_at(box.x + 30, box.y + y + 8)

    def clicks_at(self, x: int, y: int, button: int = 1, times: int = 1) -> None:
        """Click somewhere."""
        self.desktop.run("xdotool", "mousemove", str(x), str(y), "sleep", "0.05")
        self.desktop.run("xdotool", "click", "--repeat", str(times), "--delay", "60", str(button))
        time.sleep(0.05)

    def resizes(self, width: int, height: int) -> None:
        """Give it another size."""
        self.asks(f"wm geometry . {width}x{height}")

    def closes(self) -> None:
        """Close the window as a window manager does when one clicks on its cross."""
        self.desktop.ask(self.name, "after 1 [wm protocol . WM_DELETE_WINDOW]")

    def is_gone(self, within: float = PATIENCE) -> int:
        """Wait until it ends; its exit status."""
        return self._process.wait(within)


def _end(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
