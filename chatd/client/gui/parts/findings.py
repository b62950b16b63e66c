"""What a search has found, in the place of the conversation."""

import tkinter
from collections.abc import Callable
from datetime import tzinfo
from tkinter import ttk

from chatd.client.gui.drawn.rows import rows_found
from chatd.client.gui.look import Look
from chatd.client.gui.parts.pane import Pane
from chatd.client.model.observer import Found


class Findings(ttk.Frame):
    """Lines that were found, newest first; the room of each leads to it."""

    def __init__(
        self, master: tkinter.Misc, look: Look, further: Callable[[], None], close: Callable[[], None]
    ) -> None:
        super().__init__(master, name="findings")
        self._look = look
        top = ttk.Frame(self)
        self._told = ttk.Label(top, name="told", style="Heading.TLabel")
        self._further = ttk.Button(top, name="further", text="Older ones", style="Small.TButton", command=further)
        done = ttk.Button(top, name="close", text="Close (Esc)", style="Small.TButton", command=close)
        done.pack(side="right", padx=look.px(8), pady=look.px(6))
        self._further.pack(side="right")
        self._told.pack(side="left", padx=look.px(8))
        self.pane = Pane(self, look, "found")
        self.pane.times_as("00 Mmm 00:00 ")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        top.grid(row=0, column=0, sticky="we")
        self.pane.grid(row=1, column=0, sticky="nswe")

    def show(self, found: Found, zone: tzinfo) -> None:
        """Show what was found so far, to a reader in that time zone."""
        self._told.configure(text=in_words(found))
        self._further.configure(state="normal" if found.more else "disabled")
        self.pane.show(rows_found(found), zone)
        if len(found.lines) == len(found.fresh):
            self.pane.to_top()


def in_words(found: Found) -> str:
    """How much was found."""
    count = len(found.lines)
    if not count:
        return f"Nothing found for \u201c{found.words}\u201d"
    lines = "1 line" if count == 1 else f"{count} lines"
    return f"{lines} with \u201c{found.words}\u201d, newest first"
