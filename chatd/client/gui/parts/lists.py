"""The lists at the sides: places, and members."""

import tkinter
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from chatd.client.gui.drawn.labels import Item, moves
from chatd.client.gui.look import ACCENT, BAD, DIM, Look


class ItemList(ttk.Frame):
    """
    A list with a heading, of which one item may be chosen.

    @ivar on_select: Called with the key of an item that was chosen with a click or an arrow.
    @ivar on_open: Called with the key of one that was double-clicked, or on which Enter was pressed.
    @ivar on_menu: Called with the key of one whose menu is wanted, and where.
    """

    def __init__(self, master: tkinter.Misc, look: Look, name: str, heading: str) -> None:
        super().__init__(master, name=name)
        self.on_select: Callable[[str], None] = lambda key: None
        self.on_open: Callable[[str], None] = lambda key: None
        self.on_menu: Callable[[str, int, int], None] = lambda key, x, y: None
        self._look = look
        self._items: Sequence[Item] = ()
        self.top = ttk.Frame(self)
        self.heading = ttk.Label(self.top, name="heading", text=heading, style="Heading.TLabel")
        self.heading.pack(side="left")
        self.tree = ttk.Treeview(self, name="tree", show="tree", columns=("note",), selectmode="browse", height=3)
        self.tree.column("note", anchor="e", stretch=False)
        self.tree.column("#0", stretch=True)
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=self._set_bar)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.top.grid(row=0, column=0, columnspan=2, sticky="we")
        self.tree.grid(row=1, column=0, sticky="nswe")
        self._bar.grid(row=1, column=1, sticky="ns")
        self._bind()
        self.dress()

    def dress(self) -> None:
        """Take on the look, as it is now."""
        px, tree = self._look.px, self.tree
        self.top.grid_configure(padx=px(8), pady=px(4))
        self.rowconfigure(0, minsize=px(42))
        tree.column("#0", width=px(100), minwidth=px(50))
        self._make_room()
        tree.tag_configure("unread", font="ChatBold")
        tree.tag_configure("called", font="ChatBold", foreground=BAD)
        tree.tag_configure("away", foreground=DIM)
        tree.tag_configure("link", foreground=ACCENT)

    def show(self, items: Sequence[Item]) -> None:
        """Show items, and keep the chosen one, if it is still there. Tk hears only of those that have changed."""
        items = tuple(items)
        if items == self._items:
            return
        tree, before, wanted = self.tree, {item.key: item for item in self._items}, {item.key: item for item in items}
        tree.delete(*(key for key in before if key not in wanted))
        for key, number in moves([key for key in before if key in wanted], list(wanted)):
            if tree.exists(key):
                tree.move(key, "", number)
            else:
                tree.insert("", number, key)
        for key, item in wanted.items():
            if before.get(key) != item:
                tree.item(key, text=item.text, values=(item.note,), tags=item.tags)
        self._items = items
        self._make_room()

    def choose(self, key: str | None) -> None:
        """Mark an item as chosen, without telling anybody."""
        if key is not None and self.tree.exists(key):
            if self.tree.selection() != (key,):
                self.tree.selection_set(key)
                self.tree.see(key)
            self.tree.focus(key)
        else:
            self.tree.selection_set(())

    def chosen(self) -> str | None:
        """The key of the chosen item."""
        return next(iter(self.tree.selection()), None)

    def take_focus(self) -> None:
        """Let the arrows move here."""
        if self.chosen() is None and self._items:
            self.choose(self._items[0].key)
        self.tree.focus_set()

    def _make_room(self) -> None:
        """Let the widest note be seen whole."""
        widest = max((self._look.width_of(note) for note in {item.note for item in self._items}), default=0)
        width = max(self._look.px(64), widest + self._look.px(20))
        if self.tree.column("note", "width") != width:
            self.tree.column("note", width=width, minwidth=width)

    def _set_bar(self, first: Any, last: Any) -> None:
        """A bar only where there is something to scroll."""
        if float(first) <= 0.0 and float(last) >= 1.0:
            self._bar.grid_remove()
        else:
            self._bar.grid()
        self._bar.set(first, last)

    def _bind(self) -> None:
        tree = self.tree
        tree.bind("<<TreeviewSelect>>", lambda event: self._tell(self.on_select))
        tree.bind("<Return>", lambda event: self._tell(self.on_open))
        tree.bind("<Double-Button-1>", self._double)
        for button in ("<Button-3>", "<Control-Button-1>"):
            tree.bind(button, self._click_menu)
        for key in ("<Shift-F10>", "<Menu>"):
            tree.bind(key, lambda event: self._key_menu())

    def _tell(self, callback: Callable[[str], None]) -> None:
        key = self.chosen()
        if key is not None:
            callback(key)

    def _double(self, event: "tkinter.Event[Any]") -> str:
        if self.tree.identify_row(event.y):
            self._tell(self.on_open)
        return "break"

    def _click_menu(self, event: "tkinter.Event[Any]") -> None:
        key = self.tree.identify_row(event.y)
        if key:
            self.tree.selection_set(key)
            self.on_menu(key, event.x_root, event.y_root)

    def _key_menu(self) -> str:
        key = self.chosen()
        if key is not None:
            box = self.tree.bbox(key)
            x, y = (box[0] + box[2] // 3, box[1] + box[3]) if box else (0, 0)
            self.on_menu(key, self.tree.winfo_rootx() + x, self.tree.winfo_rooty() + y)
        return "break"
