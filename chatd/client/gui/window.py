"""The chat window: it shows the model, and gives what one types and clicks to it."""

import tkinter
from collections.abc import Callable
from tkinter import ttk

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from chatd.client.connection.link import Offline, Refused, State
from chatd.client.gui.acts import Acts
from chatd.client.gui.drawn import labels
from chatd.client.gui.drawn.rows import Row, Rows
from chatd.client.gui.look import STEP, Look
from chatd.client.gui.menus import Menus, bind_keys
from chatd.client.gui.parts.columns import Columns
from chatd.client.gui.parts.entry import Entry
from chatd.client.gui.parts.findings import Findings
from chatd.client.gui.parts.lists import ItemList
from chatd.client.gui.parts.pane import Pane
from chatd.client.model.chat import Chat
from chatd.client.model.observer import Found, Nobody
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.turns import beside, numbered, with_news

_SOON = 15
_WIDTH, _HEIGHT = 980, 640
_EVERYTHING = frozenset({"lines", "places", "members", "status"})

Browse = Callable[[str], Deferred[object]]


class ChatWindow(Nobody):
    """
    The window of one conversation.

    @ivar on_refused: Called when the server has put one out for good.
    @ivar on_ended: Called when it is over, and the connection closed.
    """

    def __init__(
        self,
        clock: IReactorTime,
        root: tkinter.Tk,
        look: Look,
        chat: Chat,
        where: str,
        browse: Browse,
        bell: bool = True,
    ) -> None:
        """
        @param where: What the server is called.
        @param browse: Opens a link elsewhere, and fails if that cannot be.
        """
        self.on_refused: Callable[[Refused], None] = lambda state: None
        self.on_ended: Callable[[], None] = lambda: None
        self._clock = clock
        self._root = root
        self._look = look
        self._chat = chat
        self._browse = browse
        self._where = where
        self._stale: set[str] = set()
        self._timer: str | None = None
        self._drawn: Place | None = None
        self._at = chat.shown
        self._rows = Rows()
        self._retry_at: float | None = None
        self._goal: tuple[str, int] | None = None
        self._awaits_found = self._is_closed = False
        self._attentive = True
        self.bell = tkinter.BooleanVar(root, bell)
        self.frame = ttk.Frame(root, name="chat")
        self._build()
        self.acts = Acts(chat, self.entry)
        self._connect()
        self.menus = Menus(root, look, self)
        bind_keys(self)
        chat.observer = self

    def open(self) -> None:
        """Show it."""
        px = self._look.px
        self.frame.pack(fill="both", expand=True)
        self._root.configure(menu=self.menus.bar)
        room_x, room_y = self._root.winfo_screenwidth(), self._root.winfo_screenheight()
        width, height = min(px(_WIDTH), room_x - px(20)), min(px(_HEIGHT), room_y - px(60))
        self._root.minsize(min(px(420), room_x), min(px(300), room_y))
        self._root.geometry(f"{width}x{height}")
        self._root.bind("<FocusIn>", lambda event: self._focus_soon())
        self._root.bind("<FocusOut>", lambda event: self._focus_soon())
        self.entry.field.focus_set()
        self._draw_soon(*_EVERYTHING)

    def close(self) -> None:
        """Give way."""
        self._chat.observer = Nobody()
        self._is_closed = True
        for event in ("<FocusIn>", "<FocusOut>"):
            self._root.unbind(event)
        if self._timer is not None:
            self._root.after_cancel(self._timer)
            self._timer = None
        self.menus.destroy()
        self.frame.destroy()

    @property
    def chat(self) -> Chat:
        """What it shows."""
        return self._chat

    # What the model tells.

    def connection_changed(self, state: State) -> None:
        """Draw it; and be told if it is the end."""
        self._retry_at = self._clock.seconds() + state.seconds if isinstance(state, Offline) else None
        self._draw_soon("status", "places")
        if isinstance(state, Refused):
            self.on_refused(state)

    def places_changed(self) -> None:
        """Draw it. What is half typed stays where it was typed, if that is still there."""
        before, shown = self._at, self._chat.shown
        if shown is not before:
            self._at = shown
            if before.is_console or before in self._chat.places:
                before.draft = self.entry.swap("")
            if not self.entry.half_typed:
                self.entry.swap(shown.draft)
                shown.draft = ""
        self._draw_soon("places", "lines", "members", "status")

    def members_changed(self, place: Place) -> None:
        """Draw it."""
        self._draw_soon("members", "status")

    def line_added(self, place: Place, line: Line) -> None:
        """Draw it. What one said elsewhere is no news there, and is seen there."""
        self._draw_soon("lines", "status")

    def line_changed(self, place: Place, line: Line) -> None:
        """Draw it."""
        self._rows.change(line)
        self._draw_soon("lines", "status")

    def lines_loaded(self, place: Place) -> None:
        """Draw it."""
        self._draw_soon("lines")

    def called(self, place: Place, line: Line) -> None:
        """Ring, unless one is looking."""
        if self.bell.get() and not (self._has_focus() and place is self._chat.shown and self.pane.is_at_end()):
            self._root.bell()

    def found_changed(self, found: Found) -> None:
        """Show it, if it was asked for in the window."""
        if self._awaits_found:
            self.findings.show(found, self._chat.scene.view.zone)
            self.findings.grid(row=1, column=0, sticky="nswe")
            self.findings.lift()

    def ended(self) -> None:
        """Pass it on."""
        self.on_ended()

    # What keys and menus do.

    def search(self) -> None:
        """Look for what stands in the search box."""
        typed = self.search_field.get().strip()
        if typed:
            self._awaits_found = True
            self._chat.search(typed)

    def search_further(self) -> None:
        """Look for older lines with the same words."""
        self._chat.search("more")

    def close_search(self) -> None:
        """Back to the conversation."""
        self._awaits_found = False
        self.findings.grid_remove()
        self.search_field.delete(0, "end")
        self.entry.field.focus_set()

    def focus_search(self) -> None:
        """Let one type what to look for."""
        self.search_field.focus_set()
        self.search_field.selection_range(0, "end")

    def focus_next_part(self) -> None:
        """Go round the parts of the window."""
        parts: list[tuple[tkinter.Misc, Callable[[], None]]] = [
            (self.entry.field, self.entry.field.focus_set), (self.rooms.tree, self.rooms.take_focus),
            (self.pane.text, self.pane.text.focus_set), (self.members.tree, self.members.take_focus),
            (self.search_field, self.focus_search),
        ]  # fmt: skip
        parts = [part for part in parts if part[0].winfo_ismapped()]
        focus = str(self._root.tk.call("focus"))
        at = next((number for number, (widget, _) in enumerate(parts) if str(widget) == focus), -1)
        parts[(at + 1) % len(parts)][1]()

    def look_number(self, number: int) -> None:
        """Look at a place by its number."""
        self._look_at(numbered(self._chat.places, number))

    def step(self, by: int) -> None:
        """Look at the next place, or the one before."""
        self._look_at(beside(self._chat.places, self._chat.current, by))

    def look_for_news(self) -> None:
        """Look where there is something new."""
        self._look_at(with_news(self._chat.places, self._chat.current))

    def open_latest_link(self) -> None:
        """Open the last link of the conversation."""
        link = self.pane.latest_link()
        if link is None:
            self._chat.tell("-- There is no link here.")
        else:
            self._open_link(link)

    def zoom(self, by: int) -> None:
        """Make everything larger or smaller; with 0, as it was."""
        self._look.scale_to(self._look.percent + by * STEP if by else 100)
        for part in (self.rooms, self.members, self.pane, self.findings.pane, self.entry):
            part.dress()
        self._columns.dress()
        self._draw_soon(*_EVERYTHING)

    # The parts.

    def _build(self) -> None:
        columns = self._columns = Columns(self.frame, self._look)
        self.rooms = ItemList(columns, self._look, "rooms", "Rooms")
        self._more = ttk.Button(self.rooms.top, name="join", text="+", style="Small.TButton", takefocus=False)
        self._more.pack(side="right")
        middle = ttk.Frame(columns, name="middle")
        self.members = ItemList(columns, self._look, "members", "Members")
        columns.hold(self.rooms, middle, self.members)
        columns.pack(fill="both", expand=True)
        self._build_header(middle)
        self.pane = Pane(middle, self._look, "conversation")
        self.findings = Findings(middle, self._look, self.search_further, self.close_search)
        self.entry = Entry(middle, self._look, self._chat.complete, self._chat.recall)
        middle.columnconfigure(0, weight=1)
        middle.rowconfigure(1, weight=1)
        self.pane.grid(row=1, column=0, sticky="nswe")
        self.entry.grid(row=2, column=0, sticky="we")
        self._build_status()

    def _build_header(self, middle: ttk.Frame) -> None:
        px = self._look.px
        header = ttk.Frame(middle, name="header")
        self._title = ttk.Label(header, name="title", style="Title.TLabel")
        self._topic = ttk.Label(header, name="topic", style="Dim.TLabel", width=1)
        self.search_field = ttk.Entry(header, name="search", font="ChatText", width=18)
        self._title.grid(row=0, column=0, padx=(px(10), px(8)), pady=px(6))
        self._topic.grid(row=0, column=1, sticky="we")
        ttk.Label(header, name="glass", text="Search", style="Small.TLabel").grid(row=0, column=2, padx=px(4))
        self.search_field.grid(row=0, column=3, padx=(0, px(8)), pady=px(6))
        header.columnconfigure(1, weight=1)
        header.grid(row=0, column=0, sticky="we")

    def _build_status(self) -> None:
        px = self._look.px
        bar = ttk.Frame(self.frame, name="status")
        bar.pack(fill="x", side="bottom", before=self._columns)
        self._connection = ttk.Label(bar, name="connection")
        self._standing = ttk.Label(bar, name="standing", style="Small.TLabel")
        self._account = ttk.Label(bar, name="account", style="Small.TLabel")
        self._connection.pack(side="left", padx=px(8), pady=px(3))
        self._account.pack(side="right", padx=px(8))
        self._standing.pack(side="right", padx=px(8))

    def _connect(self) -> None:
        acts = self.acts
        self.entry.on_enter = self._say
        self.entry.on_paste = acts.ask_about_lines
        self.entry.on_escape = self.close_search
        self._more.configure(command=acts.join)
        self.rooms.on_select = self._choose
        self.rooms.on_open = lambda key: self.entry.field.focus_set()
        self.rooms.on_menu = lambda key, x, y: self.menus.pop_up_place(key, x, y)
        self.members.on_open = acts.talk_to
        self.members.on_menu = lambda key, x, y: self.menus.pop_up_person(key, x, y)
        self.pane.on_top = self._page_back
        self.pane.text.bind("<Configure>", lambda event: self._draw_soon("lines"), add="+")
        self.pane.on_jump = lambda row: self._page_back()
        self.pane.on_menu = lambda row, x, y: self.menus.pop_up_line(row, x, y)
        self.findings.pane.on_jump = self._go_to
        for pane in (self.pane, self.findings.pane):
            pane.on_link = self._open_link
            pane.on_typed = self.entry.type
        self.search_field.bind("<Return>", lambda event: self.search())
        self.search_field.bind("<Escape>", lambda event: self.close_search())
        self._topic.bind("<Double-Button-1>", lambda event: acts.topic())

    # What the person does.

    def _say(self, typed: str) -> None:
        self.pane.to_end()
        self.close_search()
        self.acts.obey(typed)

    def _choose(self, key: str) -> None:
        self._look_at(self._chat.place(key))

    def _look_at(self, place: Place | None) -> None:
        self.close_search()
        if place is not None and place is not self._chat.shown:
            self._chat.look_at(place.name)

    def _go_to(self, row: Row) -> None:
        """From a line that was found to where it was said."""
        if row.said is not None:
            self._goal = (row.said.room, row.said.seq)
            self._look_at(self._chat.place(row.said.room))
            self._draw_soon("lines")

    def _open_link(self, link: str) -> None:
        self._browse(link).addErrback(self._not_opened)

    def _not_opened(self, failure: Failure) -> None:
        self._chat.tell(f"-- error: the link cannot be opened: {failure.getErrorMessage()}")

    def _page_back(self) -> None:
        self._chat.page_back()

    def _focus_soon(self) -> None:
        self._root.after(30, self._attend)

    def _attend(self) -> None:
        if not self._is_closed and self._has_focus() != self._attentive:
            self._attentive = not self._attentive
            self._chat.attend(self._attentive)

    def _has_focus(self) -> bool:
        return str(self._root.tk.call("focus")) != ""

    # Drawing.

    def _draw_soon(self, *what: str) -> None:
        self._stale.update(what)
        if self._timer is None and not self._is_closed:
            self._timer = self._root.after(_SOON, self._draw)

    def _draw(self) -> None:
        self._timer = None
        stale, self._stale = self._stale, set()
        if "places" in stale:
            self._draw_places()
        if "lines" in stale:
            self._draw_lines()
        if "members" in stale:
            self._draw_members()
        if "status" in stale:
            self._draw_status()

    def _draw_places(self) -> None:
        chat, place = self._chat, self._chat.shown
        self.rooms.show([labels.place_item(each) for each in chat.places])
        self.rooms.choose(None if chat.current is None else chat.current.name)
        self._title.configure(text=place.title)
        self._topic.configure(text=labels.topic(place))
        self._root.title(labels.title(chat, self._where))

    def _draw_lines(self) -> None:
        place = self._chat.shown
        anew, self._drawn = place is not self._drawn, place
        zone = self._chat.scene.view.zone
        self.pane.show(self._rows.of(place, zone), zone, anew)
        if self._goal is not None and self._goal[0] == place.name and self.pane.reveal(self._goal[1]):
            self._goal = None
        if place.more and not place.loading and self.pane.has_room():
            self._chat.page_back(place)

    def _draw_members(self) -> None:
        place = self._chat.shown
        self.members.heading.configure(text=labels.heading(place))
        self.members.show(labels.member_items(place))

    def _draw_status(self) -> None:
        left = None if self._retry_at is None else self._retry_at - self._clock.seconds()
        words, how = labels.connection(self._chat.state, left)
        self._connection.configure(text=f"\u25cf {words}", style=f"{how}.TLabel")
        self._standing.configure(text=labels.standing(self._chat))
        self._account.configure(text=f"{self._chat.scene.me}@{self._where}")
        if left is not None and left > 0:
            self._root.after(500, lambda: self._draw_soon("status"))
