"""The text in the middle: rows, of which only those that have changed are written anew."""

import tkinter
from collections.abc import Callable, Sequence
from datetime import tzinfo
from tkinter import ttk
from typing import Any

from chatd.client.gui.drawn.rows import NAME_COLOURS, Change, Row, difference, links, pieces
from chatd.client.gui.look import ACCENT, BAD, CALLED, CHOSEN, DIM, GOOD, INK, PAPER, Look

_AT_END = 0.9999
_WHEEL = ("<MouseWheel>", "<Button-4>", "<Button-5>")


class Pane(ttk.Frame):
    """
    Rows that are read, not written. It stays at the end as long as one is there, and else where one reads.

    @ivar on_top: Called where one has come to the top.
    @ivar on_link: Called with a link that is to be opened.
    @ivar on_jump: Called with a row that leads somewhere.
    @ivar on_menu: Called with a row, and where its menu is to be.
    @ivar on_typed: Called with what is typed here, which is meant for elsewhere.
    """

    def __init__(self, master: tkinter.Misc, look: Look, name: str) -> None:
        super().__init__(master, name=name, style="Paper.TFrame")
        self.on_top: Callable[[], None] = lambda: None
        self.on_link: Callable[[str], None] = lambda link: None
        self.on_jump: Callable[[Row], None] = lambda row: None
        self.on_menu: Callable[[Row, int, int], None] = lambda row, x, y: None
        self.on_typed: Callable[[str], None] = lambda text: None
        self._look = look
        self._zone: tzinfo | None = None
        self._rows: list[Row] = []
        self._follows = True
        self._hanging = "00:00 "
        self.text = tkinter.Text(
            self, name="text", state="disabled", wrap="word", font="ChatTiny", background=PAPER, foreground=INK,
            borderwidth=0, highlightthickness=0, cursor="arrow", selectbackground=CHOSEN, selectforeground=INK,
            inactiveselectbackground=CHOSEN, width=20, height=5, insertwidth=0,
        )  # fmt: skip
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self._drag)
        self.text.configure(yscrollcommand=self._bar.set)
        self._newest = ttk.Button(
            self, name="newest", text="\u25bc Newest", style="Small.TButton", takefocus=False, command=self.to_end
        )
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.text.grid(row=0, column=0, sticky="nswe")
        self._bar.grid(row=0, column=1, sticky="ns")
        self._bind()
        self.dress()

    def dress(self) -> None:
        """Take on the look, as it is now."""
        px, text = self._look.px, self.text
        left = px(10)
        hang = left + self._look.width_of(self._hanging + "  ", "ChatSmall")
        text.configure(padx=0, pady=px(6), tabs=(hang,))
        text.tag_configure("row", font="ChatText", lmargin1=left, lmargin2=hang, rmargin=px(10), spacing1=px(3))
        text.tag_configure("more", lmargin1=hang + px(12), lmargin2=hang + px(12))
        text.tag_configure("time", font="ChatSmall", foreground=DIM)
        for number, colour in enumerate(NAME_COLOURS):
            text.tag_configure(f"name{number}", foreground=colour, font="ChatBold")
        for tag in ("day", "top", "new"):
            text.tag_configure(tag, justify="center", foreground=DIM, font="ChatSmall", lmargin1=0, lmargin2=0)
            text.tag_configure(tag, spacing1=px(10))
        text.tag_configure("new", foreground=BAD, font="ChatBold")
        text.tag_configure("mention", background=CALLED)
        text.tag_configure("event", foreground=DIM)
        text.tag_configure("pending", foreground=DIM)
        text.tag_configure("note", foreground=ACCENT)
        text.tag_configure("error", foreground=BAD)
        text.tag_configure("failed", foreground=BAD)
        text.tag_configure("server", foreground=GOOD, font="ChatBold")
        text.tag_configure("link", foreground=ACCENT, underline=True)
        text.tag_configure("jump", foreground=ACCENT)
        text.tag_raise("sel")

    def times_as(self, pattern: str) -> None:
        """Leave so much room for times."""
        self._hanging = pattern
        self.dress()

    # What it shows.

    def show(self, rows: Sequence[Row], zone: tzinfo, anew: bool = False) -> None:
        """
        Show rows.

        @param zone: Where the reader is.
        @param anew: Whether they are about something else than those before, so that one begins at the end.
        """
        if anew:
            self._follows = True
        change = difference(self._rows, rows) if zone == self._zone else Change(0, len(self._rows), rows)
        self._zone = zone
        if change is not None:
            self._write(change, zone)
            self._rows = list(rows)
        if self._follows:
            self.to_end()

    def _write(self, change: Change, zone: tzinfo) -> None:
        text = self.text
        at = text.index("@0,0")
        shown = text.dlineinfo(at)
        text.mark_set("reading", at)
        text.mark_gravity("reading", "right")
        start = 1 + sum(row.height for row in self._rows[: change.start])
        end = start + sum(row.height for row in self._rows[change.start : change.end])
        text.configure(state="normal")
        if end > start:
            text.delete(f"{start}.0", f"{end}.0")
        parts: list[Any] = []
        for row in change.rows:
            for piece, tags in pieces(row, zone):
                parts += [piece, ("row", *tags)]
            parts += ["\n", ("row", *self._line_tags(row))]
        if parts:
            text.insert(f"{start}.0", *parts)
        text.configure(state="disabled")
        if not self._follows:
            text.yview("reading")
            if shown is not None and shown[1] < 0:
                text.yview_scroll(-shown[1], "pixels")

    def _line_tags(self, row: Row) -> tuple[str, ...]:
        """The line end decides how the room to the right of it looks, and where an empty line begins."""
        more = ("more",) if row.height > 1 else ()
        if row.line is not None and row.line.mention:
            return ("mention", *more)
        return (row.kind,) if row.kind in ("day", "new", "top") else more

    def is_at_end(self) -> bool:
        """Whether the newest row is in view."""
        return self._follows

    # Where one reads.

    def to_end(self) -> None:
        """Go to the newest row, and stay there."""
        self._follows = True
        self.text.see("end")
        self.text.yview_moveto(1.0)
        self._newest.place_forget()

    def to_top(self) -> None:
        """Go to the oldest row that is here."""
        self._follows = False
        self.text.yview_moveto(0.0)

    def scroll(self, pages: int) -> None:
        """Go so many pages down, or up."""
        self.text.yview_scroll(pages, "pages")
        self._moved()

    def reveal(self, seq: int) -> bool:
        """Show a line by its number, if it is here. Whether it is."""
        for number, row in enumerate(self._rows):
            if row.line is not None and row.line.seq == seq:
                line = 1 + sum(each.height for each in self._rows[:number])
                self.text.see(f"{line}.0")
                self.text.tag_remove("sel", "1.0", "end")
                self.text.tag_add("sel", f"{line}.0", f"{line + row.height}.0")
                self._moved()
                return True
        return False

    def latest_link(self) -> str | None:
        """The last link that there is."""
        for row in reversed(self._rows):
            if row.kind == "line" and (found := links(row.text)):
                return found[-1]
        return None

    def has_room(self) -> bool:
        """Whether there are fewer rows than fit."""
        first, last = self.text.yview()
        return bool(self.text.winfo_ismapped()) and self.text.winfo_height() > 1 and last - first >= _AT_END

    # What the person does.

    def _bind(self) -> None:
        text = self.text
        for event in _WHEEL:
            text.bind(event, lambda event: self._later(), add="+")
        text.bind("<Configure>", lambda event: self._resized())
        text.bind("<ButtonRelease-1>", lambda event: self._later(), add="+")
        text.bind("<Button-1>", lambda event: text.focus_set(), add="+")
        for button in ("<Button-3>", "<Control-Button-1>"):
            text.bind(button, self._open_menu)
        for key in ("<Prior>", "<Next>", "<Up>", "<Down>", "<Home>", "<End>"):
            text.bind(key, lambda event: self._later(), add="+")
        text.bind("<Key>", self._typed)
        text.tag_bind("link", "<ButtonRelease-1>", self._open_link)
        text.tag_bind("jump", "<ButtonRelease-1>", self._jump)
        for tag in ("link", "jump"):
            text.tag_bind(tag, "<Enter>", lambda event: text.configure(cursor="hand2"))
            text.tag_bind(tag, "<Leave>", lambda event: text.configure(cursor="arrow"))

    def _drag(self, *where: Any) -> None:
        self.text.yview(*where)
        self._moved()

    def _later(self) -> None:
        self.after(1, self._moved)

    def _moved(self) -> None:
        """The person has gone somewhere."""
        first, last = self.text.yview()
        self._follows = last >= _AT_END
        if self._follows:
            self._newest.place_forget()
        else:
            away = -self._look.px(24)
            self._newest.place(relx=1.0, rely=1.0, x=away, y=-self._look.px(10), anchor="se")
        if first <= 0.0:
            self.on_top()

    def _resized(self) -> None:
        if self._follows:
            self.after_idle(self.to_end)

    def _row_at(self, event: "tkinter.Event[Any]") -> Row | None:
        line = int(self.text.index(f"@{event.x},{event.y}").split(".")[0])
        for row in self._rows:
            line -= row.height
            if line < 1:
                return row
        return None

    def _open_link(self, event: "tkinter.Event[Any]") -> None:
        at = f"@{event.x},{event.y}"
        found = self.text.tag_prevrange("link", f"{at} + 1 char")
        if found and not self.text.tag_ranges("sel"):
            self.on_link(self.text.get(*found))

    def _jump(self, event: "tkinter.Event[Any]") -> None:
        row = self._row_at(event)
        if row is not None and not self.text.tag_ranges("sel"):
            self.on_jump(row)

    def _open_menu(self, event: "tkinter.Event[Any]") -> None:
        row = self._row_at(event)
        if row is not None:
            self.on_menu(row, event.x_root, event.y_root)

    def _typed(self, event: "tkinter.Event[Any]") -> str | None:
        """Whoever types here means the line below."""
        state = event.state if isinstance(event.state, int) else 0
        if event.char and event.char.isprintable() and not state & 0x4 and not state & 0x8:
            self.on_typed(event.char)
            return "break"
        return None
