"""The menus, and the keys that do the same."""

import tkinter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from chatd.client.gui.drawn import labels
from chatd.client.gui.drawn.rows import Row, links
from chatd.client.gui.look import CHOSEN, DIM, INK, PAPER, Look
from chatd.client.gui.parts.entry import as_event

if TYPE_CHECKING:
    from chatd.client.gui.window import ChatWindow

KEYS = """\
-- Enter sends, Up and Down bring back what you typed, Tab completes names, rooms and commands.
-- Page Up, Page Down: read back and forth. Ctrl-End: to the newest line.
-- Alt-1 to Alt-9, Ctrl-Page Up, Ctrl-Page Down: rooms and conversations. Alt-A: where something is new.
-- Ctrl-J: join a room. Ctrl-N: talk with somebody. Ctrl-T: the topic. Ctrl-F: search. Ctrl-O: open the latest link.
-- F6: from part to part of the window. Menu or Shift-F10 on a member: what you can do. F10: the menus.
-- Ctrl-plus, Ctrl-minus, Ctrl-0: larger, smaller, as it was. Ctrl-Q: leave."""


class Menus:
    """The menu bar, and the menus of a member, a place and a line."""

    def __init__(self, root: tkinter.Tk, look: Look, window: "ChatWindow") -> None:
        self._root = root
        self._look = look
        self._window = window
        self.bar = self._menu(root, "menubar")
        self._pop_up = self._menu(root, "popup")
        acts, chat = window.acts, window.chat
        talk = self._cascade("Chat")
        talk.add_command(label="Join a room \u2026", accelerator="Ctrl+J", command=acts.join)
        talk.add_command(label="Talk with somebody \u2026", accelerator="Ctrl+N", command=acts.talk)
        talk.add_command(label="All rooms", command=acts.list_rooms)
        talk.add_command(label="Where something is new", accelerator="Alt+A", command=window.look_for_news)
        talk.add_separator()
        talk.add_command(label="Away, or back \u2026", command=acts.away)
        talk.add_checkbutton(label="Ring when I am meant", variable=window.bell)
        talk.add_separator()
        talk.add_command(label="Log out", command=acts.log_out)
        talk.add_command(label="Leave", accelerator="Ctrl+Q", command=chat.quit)
        room = self._cascade("Room")
        room.add_command(label="Topic \u2026", accelerator="Ctrl+T", command=acts.topic)
        room.add_command(label="Invite somebody \u2026", command=acts.invite)
        room.add_command(label="Who is here", command=lambda: acts.obey("/names"))
        room.add_command(label="Older lines", accelerator="Page Up", command=chat.page_back)
        room.add_separator()
        room.add_command(label="Leave the room \u2026", command=acts.leave)
        self._person = self._cascade("Person")
        self._person.configure(postcommand=self._fill_person)
        view = self._cascade("View")
        view.add_command(label="Search \u2026", accelerator="Ctrl+F", command=window.focus_search)
        view.add_command(label="Newest line", accelerator="Ctrl+End", command=window.pane.to_end)
        view.add_command(label="Next place", accelerator="Ctrl+Page Down", command=lambda: window.step(1))
        view.add_command(label="Place before", accelerator="Ctrl+Page Up", command=lambda: window.step(-1))
        view.add_command(label="Open the latest link", accelerator="Ctrl+O", command=window.open_latest_link)
        view.add_separator()
        view.add_command(label="Larger", accelerator="Ctrl++", command=lambda: window.zoom(1))
        view.add_command(label="Smaller", accelerator="Ctrl+-", command=lambda: window.zoom(-1))
        view.add_command(label="As it was", accelerator="Ctrl+0", command=lambda: window.zoom(0))
        told = self._cascade("Help")
        told.add_command(label="Keys", accelerator="F1", command=lambda: chat.tell(KEYS))
        told.add_command(label="Commands", command=lambda: acts.obey("/help"))

    def destroy(self) -> None:
        """Take them away."""
        self._root.configure({"menu": ""})
        self.bar.destroy()
        self._pop_up.destroy()

    def pop_up_person(self, name: str, x: int, y: int) -> None:
        """What one may do with somebody."""
        self._person_items(self._emptied(), name)
        self._pop_up.tk_popup(x, y)

    def pop_up_place(self, key: str, x: int, y: int) -> None:
        """What one may do with a place."""
        menu, acts = self._emptied(), self._window.acts
        place = self._window.chat.place(key)
        if place is None:
            return
        if place.is_direct:
            menu.add_command(label=f"Who is {place.title}?", command=lambda: acts.whois(place.title))
        else:
            menu.add_command(label="Topic \u2026", command=acts.topic)
            menu.add_command(label="Invite somebody \u2026", command=acts.invite)
            menu.add_command(label=f"Leave {place.title} \u2026", command=lambda: acts.leave(key))
        menu.tk_popup(x, y)

    def pop_up_line(self, row: Row, x: int, y: int) -> None:
        """What one may do with a line."""
        menu, chat, acts = self._emptied(), self._window.chat, self._window.acts
        line, place = row.line, chat.shown
        menu.add_command(label="Copy", command=lambda: self._copy(row))
        for link in links(row.text):
            menu.add_command(label="Copy the link", command=partial(self._put, link))
        if line is not None and line.is_said:
            seq, who = line.seq, line.who
            if seq is not None and line.deleted_by is None and chat.may("delete", who):
                menu.add_command(label="Delete this line", command=lambda: acts.delete(place.name, seq))
            if not line.mine:
                menu.add_separator()
                self._person_items(menu, who)
        menu.tk_popup(x, y)

    def _person_items(self, menu: tkinter.Menu, name: str) -> None:
        acts, chat = self._window.acts, self._window.chat
        if chat.scene.is_me(name):
            menu.add_command(label="Away, or back \u2026", command=acts.away)
            menu.add_command(label="Who am I?", command=lambda: acts.whois(name))
            return
        menu.add_command(label=f"Talk with {name}", command=lambda: acts.talk_to(name))
        menu.add_command(label=f"Name {name} in the line", command=lambda: acts.name(name))
        menu.add_command(label=f"Who is {name}?", command=lambda: acts.whois(name))
        allowed = labels.orders(chat, name)
        if allowed:
            menu.add_separator()
        for order in allowed:
            label = f"{order.label} {name} \u2026"
            menu.add_command(label=label, command=partial(acts.order, order, name))

    def _fill_person(self) -> None:
        self._person.delete(0, "end")
        place = self._window.chat.shown
        name = place.title if place.is_direct else self._window.members.chosen()
        if name is None:
            self._person.add_command(label="Choose somebody among the members", state="disabled")
        else:
            self._person_items(self._person, name)

    def _emptied(self) -> tkinter.Menu:
        self._pop_up.delete(0, "end")
        return self._pop_up

    def _copy(self, row: Row) -> None:
        chosen = self._window.pane.text.tag_ranges("sel")
        if chosen:
            self._put(self._window.pane.text.get(chosen[0], chosen[1]))
        else:
            said = row.line is not None and row.line.is_said
            self._put(f"{row.line.who}: {row.text}" if row.line is not None and said else row.text)

    def _put(self, text: str) -> None:
        self._root.clipboard_clear()
        self._root.clipboard_append(text)

    def _cascade(self, label: str) -> tkinter.Menu:
        menu = self._menu(self.bar, label.lower())
        self.bar.add_cascade(label=label, menu=menu, underline=0)
        return menu

    def _menu(self, master: tkinter.Misc, name: str) -> tkinter.Menu:
        menu = tkinter.Menu(master, name=name, tearoff=False, font="TkMenuFont")
        if self._root.tk.call("tk", "windowingsystem") == "x11":
            menu.configure(
                background=PAPER, foreground=INK, activebackground=CHOSEN, activeforeground=INK, borderwidth=1,
                activeborderwidth=self._look.px(2), disabledforeground=DIM,
                relief="flat" if name == "menubar" else "solid",
            )  # fmt: skip
        return menu


def bind_keys(window: "ChatWindow") -> None:
    """The keys that mean the same everywhere in the window, whatever a part would make of them."""
    acts, chat = window.acts, window.chat
    keys: dict[str, Callable[[], object]] = {
        "<Control-j>": acts.join, "<Control-n>": acts.talk, "<Control-t>": acts.topic,
        "<Control-f>": window.focus_search, "<Control-o>": window.open_latest_link, "<Control-q>": chat.quit,
        "<Alt-a>": window.look_for_news, "<F6>": window.focus_next_part, "<F1>": lambda: chat.tell(KEYS),
        "<Control-Next>": lambda: window.step(1), "<Control-Prior>": lambda: window.step(-1),
        "<Alt-Down>": lambda: window.step(1), "<Alt-Up>": lambda: window.step(-1),
        "<Control-plus>": lambda: window.zoom(1), "<Control-KP_Add>": lambda: window.zoom(1),
        "<Control-equal>": lambda: window.zoom(1), "<Control-minus>": lambda: window.zoom(-1),
        "<Control-KP_Subtract>": lambda: window.zoom(-1), "<Control-Key-0>": lambda: window.zoom(0),
        "<Control-End>": window.pane.to_end,
    }  # fmt: skip
    for number in range(1, 10):
        keys[f"<Alt-Key-{number}>"] = partial(window.look_number, number)
    parts = [window.entry.field, window.search_field, window.rooms.tree, window.members.tree, window.pane.text]
    for part in (*parts, window.findings.pane.text):
        for key, act in keys.items():
            part.bind(key, as_event(act))
    for part in (window.entry.field, window.search_field, window.rooms.tree, window.members.tree):
        part.bind("<Prior>", as_event(lambda: window.pane.scroll(-1)))
        part.bind("<Next>", as_event(lambda: window.pane.scroll(1)))
    for part in (window.rooms.tree, window.members.tree, window.pane.text, window.findings.pane.text):
        part.bind("<Escape>", as_event(window.close_search))
