"""Three columns side by side, of which those at the sides go where there is no room for them."""

import tkinter
from tkinter import ttk

from chatd.client.gui.look import Look

_SIDE, _LEFT_FROM, _RIGHT_FROM = 180, 440, 700


class Columns(ttk.PanedWindow):
    """What is left, in the middle and right; the middle one always."""

    def __init__(self, master: tkinter.Misc, look: Look) -> None:
        super().__init__(master, orient="horizontal", name="panes")
        self._look = look

    def hold(self, left: ttk.Frame, middle: ttk.Frame, right: ttk.Frame) -> None:
        """Take the three."""
        self._left, self._right = left, right
        for column in (left, middle, right):
            self.add(column, weight=int(column is middle))
        self.bind("<Configure>", lambda event: self._fit())

    def dress(self) -> None:
        """Give the sides the room that their letters need."""
        self._fit()
        self.after_idle(self._place)

    def _shown(self) -> list[str]:
        return [str(each) for each in self.panes()]  # type: ignore[no-untyped-call]

    def _fit(self) -> None:
        width, px, shown = self.winfo_width(), self._look.px, self._shown()
        for side, room, where in ((self._left, _LEFT_FROM, 0), (self._right, _RIGHT_FROM, "end")):
            if width >= px(room) and str(side) not in shown:
                self.insert(where, side, weight=0)
            elif 1 < width < px(room) and str(side) in shown:
                self.forget(side)

    def _place(self) -> None:
        shown, side = self._shown(), self._look.px(_SIDE)
        if str(self._right) in shown:
            self.sashpos(len(shown) - 2, self.winfo_width() - side)  # type: ignore[no-untyped-call]
        if str(self._left) in shown:
            self.sashpos(0, side)  # type: ignore[no-untyped-call]
