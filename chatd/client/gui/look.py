"""Fonts, colours and distances, at any scale."""

import tkinter
from tkinter import font, ttk
from typing import Literal

INK, DIM, PAPER, SHADE, EDGE = "#1d1f23", "#636973", "#ffffff", "#f1f2f5", "#c9ccd3"
ACCENT, GOOD, WAITING, BAD = "#1f5fbf", "#2e7d32", "#b26a00", "#b3261e"
CALLED, CHOSEN = "#fff2c2", "#d5e3f8"
SMALLEST, LARGEST, STEP = 50, 400, 10

_POINTS = {"TkDefaultFont": 10, "TkTextFont": 10, "TkMenuFont": 10, "TkHeadingFont": 10, "TkFixedFont": 10}
_OWN: dict[str, tuple[int, Literal["normal", "bold"]]] = {
    "ChatText": (10, "normal"), "ChatBold": (10, "bold"), "ChatSmall": (9, "normal"), "ChatTitle": (13, "bold"),
    "ChatTiny": (1, "normal"),
}  # fmt: skip
_NORMAL = 96 / 72  # Tk's own scaling on a screen that is not scaled


class Look:
    """
    How everything looks.

    Sizes are points and distances are multiples of a pixel on an ordinary screen, so both follow the screen's own
    scaling (C{tk scaling}) and the person's wish.
    """

    def __init__(self, root: tkinter.Tk, percent: int = 100) -> None:
        self._root = root
        self._style = ttk.Style(root)
        if "clam" in self._style.theme_names() and root.tk.call("tk", "windowingsystem") == "x11":
            self._style.theme_use("clam")
        family = font.nametofont("TkDefaultFont", root).actual("family")
        self._fonts = {
            name: font.Font(root, name=name, family=family, weight=weight) for name, (_size, weight) in _OWN.items()
        }
        self.scale_to(percent)

    def scale_to(self, percent: int) -> None:
        """Make everything so large."""
        self.percent = max(SMALLEST, min(LARGEST, percent))
        for name, points in _POINTS.items():
            font.nametofont(name, self._root).configure(size=self._points(points))
        for name, (points, _weight) in _OWN.items():
            self._fonts[name].configure(size=self._points(points) if points > 1 else 1)
        self._dress()

    def px(self, pixels: float) -> int:
        """A distance."""
        scaling = float(self._root.tk.call("tk", "scaling"))
        return max(1, round(pixels * scaling / _NORMAL * self.percent / 100))

    def width_of(self, text: str, name: str = "ChatText") -> int:
        """How wide a text is."""
        return self._fonts[name].measure(text)

    def _points(self, points: int) -> int:
        return max(1, round(points * self.percent / 100))

    def _dress(self) -> None:
        style, px = self._style, self.px
        self._root.configure(background=SHADE)
        row = self._fonts["ChatText"].metrics("linespace") + px(8)
        style.configure(".", background=SHADE, foreground=INK, bordercolor=EDGE, lightcolor=SHADE, darkcolor=SHADE)
        style.configure("TEntry", fieldbackground=PAPER, padding=px(5), lightcolor=PAPER, insertwidth=px(1))
        style.configure("TEntry", selectbackground=CHOSEN, selectforeground=INK)
        style.map("TEntry", selectbackground=[("!focus", CHOSEN)], selectforeground=[("!focus", INK)])
        style.map("TEntry", bordercolor=[("focus", ACCENT)], lightcolor=[("focus", ACCENT)])
        self._dress_buttons()
        self._dress_tabs()
        style.configure("TScrollbar", arrowsize=px(13), background=SHADE, troughcolor="#e6e8ec")
        style.configure("Vertical.TScrollbar", gripcount=0)
        style.configure("TPanedwindow", background="#dde0e6")
        style.configure("Sash", sashthickness=px(4), gripcount=0)
        self._dress_lists(row)
        for name, options in {
            "Paper.TFrame": {"background": PAPER}, "Paper.TLabel": {"background": PAPER},
            "Error.TLabel": {"foreground": BAD, "background": PAPER, "font": "ChatSmall"},
            "Hint.TLabel": {"foreground": DIM, "background": PAPER, "font": "ChatSmall"},
            "Fixed.TLabel": {"background": PAPER, "font": "TkFixedFont"},
            "Paper.TCheckbutton": {"background": PAPER}, "Title.TLabel": {"font": "ChatTitle"},
            "PaperTitle.TLabel": {"font": "ChatTitle", "background": PAPER},
            "Dim.TLabel": {"foreground": DIM}, "Small.TLabel": {"foreground": DIM, "font": "ChatSmall"},
            "Heading.TLabel": {"foreground": DIM, "font": "ChatBold"},
            "Question.TLabel": {"foreground": ACCENT, "font": "ChatBold"},
            "good.TLabel": {"foreground": GOOD, "font": "ChatSmall"},
            "waiting.TLabel": {"foreground": WAITING, "font": "ChatSmall"},
            "bad.TLabel": {"foreground": BAD, "font": "ChatBold"},
        }.items():  # fmt: skip
            style.configure(name, **options)

    def _dress_buttons(self) -> None:
        style, px = self._style, self.px
        style.configure("TButton", padding=(px(12), px(5)), background=PAPER)
        style.map("TButton", background=[("disabled", SHADE), ("active", CHOSEN)], bordercolor=[("focus", ACCENT)])
        style.configure("Small.TButton", padding=(px(6), px(1)), width=0, anchor="center")
        style.configure("Short.TButton", padding=(px(10), px(5)), width=7, anchor="center")
        style.configure("Main.TButton", background=ACCENT, foreground=PAPER, font="ChatBold")
        style.map(
            "Main.TButton",
            background=[("disabled", EDGE), ("active", "#174a96"), ("focus", "#174a96")],
            foreground=[("disabled", DIM)],
        )
        style.configure("TCheckbutton", indicatorsize=px(12), indicatormargin=px(3))

    def _dress_tabs(self) -> None:
        style, px = self._style, self.px
        style.configure("TNotebook", bordercolor=EDGE, tabmargins=(px(2), px(4), px(2), 0))
        style.configure("TNotebook.Tab", padding=(px(16), px(6)), background=SHADE, foreground=DIM)
        style.configure("TNotebook", background=PAPER, padding=0)
        style.map(
            "TNotebook.Tab",
            padding=[("selected", (px(16), px(8), px(16), px(6)))],
            background=[("selected", PAPER)],
            foreground=[("selected", INK)],
        )

    def _dress_lists(self, row: int) -> None:
        style = self._style
        style.configure(
            "Treeview", background=SHADE, fieldbackground=SHADE, borderwidth=0, rowheight=row, font="ChatText",
            indent=0, bordercolor=SHADE, relief="flat",
        )  # fmt: skip
        style.map("Treeview", background=[("selected", CHOSEN)], foreground=[("selected", INK)])
        style.layout("Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
        # A list of one level needs no room for what folds it.
        style.layout("Treeview.Item", [("Treeitem.padding", {
            "sticky": "nswe", "children": [("Treeitem.text", {"side": "left", "sticky": ""})],
        })])  # fmt: skip
        style.configure("Treeview.Item", padding=(self.px(10), 0))
        style.configure("Treeview.Cell", padding=(self.px(2), 0, self.px(10), 0))
