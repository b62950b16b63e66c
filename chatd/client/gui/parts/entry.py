"""The line at the bottom: what one types, and what one is asked."""

import tkinter
from collections.abc import Callable
from tkinter import ttk
from typing import Any, NamedTuple

from chatd.client.gui.look import Look
from chatd.client.model.entry import Pasted, Recall, pasted

Complete = Callable[[str], tuple[str, list[str]]]
Answered = Callable[[str], None]
_OFFERED = 12


class Offer(NamedTuple):
    """
    Words of which Tab takes one after the other.

    @ivar before: What stands before the word.
    @ivar after: What stands after the cursor.
    @ivar at: Which was taken; -1 if none was yet.
    @ivar shown: What the line holds now; if it holds something else, the offer is over.
    """

    before: str
    after: str
    words: list[str]
    at: int
    shown: str


def offer(before: str, after: str, complete: Complete) -> tuple[str, Offer | None]:
    """
    What Tab makes of the line before the cursor: the one word that fits, or as much as all that fit have in common.

    @return: the line before the cursor, and what the next Tab chooses from, if there is a choice.
    """
    word, found = complete(before)
    rest = before[: len(before) - len(word)]
    if not found:
        return before, None
    if len(found) == 1:
        return rest + found[0], None
    shared = 0
    while len({each[: shared + 1].casefold() for each in found}) == 1 and shared < min(map(len, found)):
        shared += 1
    grown = found[0][:shared] if shared > len(word) else word
    return rest + grown, Offer(rest, after, found, -1, rest + grown + after)


def next_word(current: Offer, back: bool = False) -> Offer:
    """The next of the words on offer, or the one before."""
    at = (current.at + (-1 if back else 1)) % len(current.words)
    if back and current.at < 0:
        at = len(current.words) - 1
    return current._replace(at=at, shown=current.before + current.words[at] + current.after)


class Entry(ttk.Frame):
    """
    A line to type in. A question takes its place for a while, and what was typed comes back afterwards.

    @ivar on_enter: Called with a line.
    @ivar on_paste: Called with several lines that were pasted at once.
    @ivar on_escape: Called where there was no question to leave.
    """

    def __init__(self, master: tkinter.Misc, look: Look, complete: Complete, recall: Recall) -> None:
        super().__init__(master, name="entry")
        self.on_enter: Callable[[str], None] = lambda typed: None
        self.on_paste: Callable[[Pasted], None] = lambda lines: None
        self.on_escape: Callable[[], None] = lambda: None
        self._look = look
        self._complete = complete
        self._recall = recall
        self._answered: Answered | None = None
        self._draft = ("", 0)
        self._offer: Offer | None = None
        self._prompt = ttk.Label(self, name="prompt", style="Question.TLabel")
        self.field = ttk.Entry(self, name="field", font="ChatText")
        self._button = ttk.Button(self, name="send", text="Send", style="Short.TButton", command=self._enter)
        self._hint = ttk.Label(self, name="hint", style="Small.TLabel")
        self.columnconfigure(0, weight=1)
        self.field.grid(row=1, column=0, sticky="we")
        self._button.grid(row=1, column=1)
        self._bind()
        self.dress()

    def dress(self) -> None:
        """Take on the look, as it is now."""
        px = self._look.px
        self.field.grid_configure(padx=(px(8), px(6)), pady=px(8))
        self._button.grid_configure(padx=(0, px(8)))

    def ask(self, prompt: str, answered: Answered, secret: bool = False, before: str = "") -> None:
        """
        Put a question in the place of the line. Escape leaves it unanswered.

        @param before: What may be the answer already.
        """
        if self._answered is None:
            self._draft = (self.field.get(), self.field.index("insert"))
        self._answered = answered
        self._prompt.configure(text=prompt, wraplength=max(self._look.px(200), self.winfo_width() - self._look.px(20)))
        self._prompt.grid(row=0, column=0, columnspan=2, sticky="we", padx=self._look.px(8), pady=(self._look.px(6), 0))
        self._hint_at("Enter answers, Escape leaves it.")
        self._button.configure(text="Answer")
        self.field.configure(show="\u2022" if secret else "")
        self._put(before)
        self.field.focus_set()

    @property
    def asks(self) -> bool:
        """Whether a question is put."""
        return self._answered is not None

    @property
    def half_typed(self) -> str:
        """What is typed and not sent, also while a question stands in its place."""
        return self._draft[0] if self.asks else self.field.get()

    def swap(self, text: str) -> str:
        """Put another half-typed line in the place of the one that there is, which is the result."""
        before = self.half_typed
        if self.asks:
            self._draft = (text, places_of(text))
        else:
            self._put(text)
        return before

    def type(self, text: str) -> None:
        """Type something here."""
        self.field.focus_set()
        self.field.insert("insert", text)

    def _enter(self) -> None:
        typed = self.field.get()
        answered = self._answered
        if answered is not None:
            self._resume()
            answered(typed)
        elif typed.strip():
            self._put("")
            self._hint_at("")
            self.on_enter(typed)

    def _escape(self) -> str:
        if self._answered is not None:
            self._resume()
        elif self._offer is not None:
            self._offer = None
            self._hint_at("")
        else:
            self.on_escape()
        return "break"

    def _resume(self) -> None:
        """The question is over."""
        self._answered = None
        self._prompt.grid_remove()
        self._hint_at("")
        self._button.configure(text="Send")
        self.field.configure(show="")
        text, at = self._draft
        self._put(text, at)

    def _put(self, text: str, at: int | None = None) -> None:
        self.field.delete(0, "end")
        self.field.insert(0, text)
        self.field.icursor("end" if at is None else at)
        self.field.xview_moveto(0.0 if at is not None else 1.0)

    def _bind(self) -> None:
        field = self.field
        field.bind("<Return>", lambda event: self._enter())
        field.bind("<KP_Enter>", lambda event: self._enter())
        field.bind("<Escape>", lambda event: self._escape())
        field.bind("<Up>", lambda event: self._go_through(self._recall.older))
        field.bind("<Down>", lambda event: self._go_through(self._recall.newer))
        field.bind("<Tab>", lambda event: self._tab())
        for shifted in ("<Shift-Tab>", "<ISO_Left_Tab>"):
            try:
                field.bind(shifted, lambda event: self._tab(back=True))
            except tkinter.TclError:  # a key that only X knows
                continue
        field.bind("<<Paste>>", lambda event: self._paste())

    def _go_through(self, step: Callable[[str], str]) -> str:
        if self._answered is None:
            self._put(step(self.field.get()))
        return "break"

    def _tab(self, back: bool = False) -> str | None:
        if self._answered is not None:
            return None
        text, at = self.field.get(), self.field.index("insert")
        if self._offer is not None and self._offer.shown == text:
            self._offer = next_word(self._offer, back)
            self._put(self._offer.shown, places_of(self._offer.shown) - places_of(self._offer.after))
            self._hint_offer(self._offer)
            return "break"
        if back or not text:
            return None  # nothing to complete: on to the next part of the window
        before, after = cut(text, at)
        before, self._offer = offer(before, after, self._complete)
        self._put(before + after, places_of(before))
        if self._offer is None:
            self._hint_at("")
        else:
            self._hint_offer(self._offer)
        return "break"

    def _hint_offer(self, choice: Offer) -> None:
        shown = [f"[{each.strip()}]" if at == choice.at else each.strip() for at, each in enumerate(choice.words)]
        first = max(0, min(choice.at - _OFFERED // 2, len(shown) - _OFFERED))
        left = len(shown) - first - _OFFERED
        self._hint_at("  ".join(shown[first : first + _OFFERED]) + (f"  \u2026 {left} more" if left > 0 else ""))

    def _hint_at(self, text: str) -> None:
        self._hint.configure(text=text)
        if text:
            self._hint.grid(
                row=2, column=0, columnspan=2, sticky="we", padx=self._look.px(8), pady=(0, self._look.px(4))
            )
        else:
            self._hint.grid_remove()

    def _paste(self) -> str:
        try:
            text = self.field.clipboard_get()
        except tkinter.TclError:  # there is nothing
            return "break"
        several = pasted(text)
        if len(several.lines) > 1 and self._answered is None:
            self.on_paste(several)
        elif several.lines:
            if self.field.selection_present():
                self.field.delete("sel.first", "sel.last")
            self.field.insert("insert", "".join(each for each in several.lines[0] if each.isprintable()))
        return "break"


def places_of(text: str) -> int:
    """How many places Tk counts in a text: before Tk 9, two for each character beyond the first 65,536."""
    return len(text) if tkinter.TkVersion >= 9 else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, at: int) -> tuple[str, str]:
    """A text before and after a place, as Tk counts it."""
    before = 0
    while before < len(text) and places_of(text[: before + 1]) <= at:
        before += 1
    return text[:before], text[before:]


def as_event(callback: Callable[[], Any]) -> "Callable[[tkinter.Event[Any]], str]":
    """A callback as Tk wants it, after which nobody else hears of the key."""

    def called(event: "tkinter.Event[Any]") -> str:
        callback()
        return "break"

    return called
