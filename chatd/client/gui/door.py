"""The window that one sees first: two tabs, to log in and to register, with what was wrong beside each field."""

import tkinter
from collections.abc import Callable, Mapping
from tkinter import ttk

from chatd.client.address import in_clear
from chatd.client.connection.trust import Stranger
from chatd.client.gui.entering import Complaint, Field, Form
from chatd.client.gui.look import Look
from chatd.client.model.words import clean

_LABELS: Mapping[Field, str] = {
    "name": "Username", "password": "Password", "again": "Password again", "invitation": "Invitation code",
    "server": "Server",
}  # fmt: skip
_SECRET = ("password", "again")
_CLEARED = ("name", "password", "again")
_COLUMN = 200
_BESIDE = 160  # what is longer stands above the tabs


class Tab(ttk.Frame):
    """One form."""

    def __init__(self, master: tkinter.Misc, look: Look, title: str, fields: tuple[Field, ...]) -> None:
        super().__init__(master, name=title.replace(" ", ""), style="Paper.TFrame")
        self.title = title
        self.entries: dict[Field, ttk.Entry] = {}
        self.errors: dict[Field, ttk.Label] = {}
        px = look.px
        for row, field in enumerate(fields):
            label = ttk.Label(self, name=f"label_{field}", text=_LABELS[field], style="Paper.TLabel")
            show = "\u2022" if field in _SECRET else ""
            entry = ttk.Entry(self, name=field, font="ChatText", width=24, show=show)
            wrap = px(_COLUMN)
            error = ttk.Label(self, name=f"error_{field}", style="Error.TLabel", wraplength=wrap)
            label.grid(row=row, column=0, sticky="e", padx=(px(16), px(8)), pady=px(5))
            entry.grid(row=row, column=1, sticky="we", pady=px(5))
            error.grid(row=row, column=2, sticky="w", padx=(px(10), px(8)))
            self.entries[field], self.errors[field] = entry, error
        self.columnconfigure(1, weight=1, minsize=px(200))
        self.columnconfigure(2, minsize=px(_COLUMN))
        self.button = ttk.Button(self, name="go", text=title.capitalize(), style="Main.TButton")
        self.hint = ttk.Label(self, name="hint", style="Hint.TLabel", wraplength=px(420))
        self.clear = ttk.Label(self, name="clear", style="Error.TLabel", wraplength=px(560))
        below = len(_LABELS) + 1
        for event in ("<KeyRelease>", "<FocusOut>"):
            self.entries["server"].bind(event, lambda event: self.look_at_server(), add="+")
        self.clear.grid(row=below + 1, column=0, columnspan=3, sticky="w", padx=px(16), pady=(px(4), 0))
        self.button.grid(row=below + 2, column=1, sticky="we", pady=(px(10), px(6)))
        self.hint.grid(row=below + 3, column=1, columnspan=2, sticky="w", pady=(0, px(12)))

    def show_field(self, field: Field, wanted: bool) -> None:
        """Show a field that few need, or do not."""
        for widget in (self.entries[field], self.errors[field], self.nametowidget(f"label_{field}")):
            widget.grid() if wanted else widget.grid_remove()

    def look_at_server(self) -> None:
        """Say so if others can read the line to the server that stands there."""
        warning = in_clear(self.text("server").strip())
        self.clear.configure(text=warning)
        self.clear.grid() if warning else self.clear.grid_remove()

    def text(self, field: Field) -> str:
        """What stands in a field."""
        return self.entries[field].get() if field in self.entries else ""

    def put(self, field: Field, text: str) -> None:
        """Put something into a field."""
        self.entries[field].delete(0, "end")
        self.entries[field].insert(0, text)
        if field == "server":
            self.look_at_server()


class DoorWindow:
    """
    The window before the conversation.

    @ivar on_submit: Called with what was typed.
    """

    def __init__(self, root: tkinter.Tk, look: Look, remembers: bool) -> None:
        """
        @param remembers: Whether logins may be kept.
        """
        self.on_submit: Callable[[Form], None] = lambda form: None
        self._root = root
        self._look = look
        self._is_open = False
        self.frame = ttk.Frame(root, name="door", style="Paper.TFrame")
        px = look.px
        ttk.Label(self.frame, name="welcome", text="chatd", style="PaperTitle.TLabel").pack(
            anchor="w", padx=px(18), pady=(px(14), 0)
        )
        self._news = ttk.Label(self.frame, name="news", style="Error.TLabel", wraplength=px(560))
        self._book = ttk.Notebook(self.frame, name="tabs")
        self._book.pack(fill="both", expand=True, padx=px(14), pady=px(10))
        self._remember = tkinter.BooleanVar(root, remembers)
        self.login = Tab(self._book, look, "log in", ("name", "password", "server"))
        self.register = Tab(self._book, look, "register", ("name", "password", "again", "invitation", "server"))
        self.register.show_field("invitation", False)
        for tab in (self.login, self.register):
            self._book.add(tab, text=tab.title.capitalize(), padding=(px(2), px(12)), underline=0)
            tab.button.configure(command=self._submit)
            for entry in tab.entries.values():
                entry.bind("<Return>", lambda event: self._submit())
            if remembers:
                tick = ttk.Checkbutton(
                    tab, name="remember", text="Keep me logged in on this machine", variable=self._remember,
                    style="Paper.TCheckbutton",
                )  # fmt: skip
                tick.grid(row=len(_LABELS) + 1, column=1, columnspan=2, sticky="w", pady=px(4))
        self._book.enable_traversal()
        self._book.bind("<<NotebookTabChanged>>", lambda event: self._turned())
        self._trust = ttk.Frame(self.frame, name="trust", style="Paper.TFrame")
        root.bind("<Escape>", lambda event: self._forget_trust())

    @property
    def tab(self) -> Tab:
        """The form that is looked at."""
        return self.register if int(self._root.tk.call(str(self._book), "index", "current")) == 1 else self.login

    def open(self, server: str, name: str = "", news: str = "", register: bool = False) -> None:
        """Show the window, with what is known already, and perhaps why one is here again."""
        self._is_open = True
        self._root.title("chatd \u2013 log in or register")
        self.frame.pack(fill="both", expand=True)
        for tab in (self.login, self.register):
            tab.put("server", server)
        self.login.put("name", name)
        self._tell(news)
        self._root.tk.call(str(self._book), "select", int(register))
        self._turned()
        self._root.geometry("")
        self._root.minsize(self._look.px(420), self._look.px(300))

    def close(self) -> None:
        """Give way."""
        self._is_open = False
        self.frame.pack_forget()

    def wait(self, waits: bool) -> None:
        """Take nothing more while the server is asked."""
        for tab in (self.login, self.register):
            tab.button.configure(state="disabled" if waits else "normal")
        self.tab.hint.configure(text="asking the server \u2026" if waits else "")
        if waits:
            self.wipe()

    def wipe(self) -> None:
        """Forget what was wrong before."""
        self._tell("")
        for error in self.tab.errors.values():
            error.configure(text="")

    def clear(self) -> None:
        """Forget what was typed, but for the server."""
        for tab in (self.login, self.register):
            for field in tab.entries:
                if field != "server":
                    tab.put(field, "")

    def complain(self, wrong: Complaint) -> None:
        """Say what was wrong, beside its field. What was tried is cleared."""
        tab = self.tab
        if wrong.field == "invitation":
            tab = self.register
            tab.show_field("invitation", True)
        shown = wrong.field if wrong.field in tab.entries else "server"
        if len(wrong.text) > _BESIDE:
            self._tell(wrong.text)
        else:
            tab.errors[shown].configure(text=wrong.text)
        for field in tab.entries:
            if (wrong.was_tried and field in _CLEARED) or (wrong.field == "again" and field in _SECRET):
                tab.put(field, "")
        first: Field = "name" if wrong.was_tried else "password" if wrong.field == "again" else shown
        tab.entries[first].focus_set()

    def ask_about(self, stranger: Stranger, trusted: Callable[[], None]) -> None:
        """Have the person decide whether to trust a server."""
        self._forget_trust()
        px = self._look.px
        words = clean(stranger.introduction.replace("-- ", ""))
        ttk.Label(self._trust, name="words", text=words, style="Fixed.TLabel", wraplength=px(620)).pack(anchor="w")
        row = ttk.Frame(self._trust, style="Paper.TFrame")
        row.pack(anchor="w", pady=px(8))

        def accept() -> None:
            self._forget_trust()
            trusted()

        yes = ttk.Button(row, name="yes", text="Trust this server from now on", command=accept)
        no = ttk.Button(row, name="no", text="Do not", command=self._forget_trust)
        yes.pack(side="left")
        no.pack(side="left", padx=px(8))
        self._trust.pack(fill="x", padx=px(18), pady=(0, px(10)))
        no.focus_set()

    def _forget_trust(self) -> None:
        for child in self._trust.winfo_children():
            child.destroy()
        self._trust.pack_forget()

    def _submit(self) -> None:
        tab = self.tab
        if str(tab.button.cget("state")) == "disabled":
            return
        self.on_submit(Form(
            server=tab.text("server").strip(),
            name=tab.text("name").strip(),
            password=tab.text("password"),
            again=tab.text("again"),
            invitation=tab.text("invitation").strip(),
            is_new=tab is self.register,
            remember=bool(self._remember.get()),
        ))  # fmt: skip

    def _tell(self, news: str) -> None:
        self._news.configure(text=news)
        if news:
            self._news.pack(before=self._book, anchor="w", padx=self._look.px(18), pady=(self._look.px(8), 0))
        else:
            self._news.pack_forget()

    def _turned(self) -> None:
        """Another tab: begin with the first field that is empty. Tk tells of it late."""
        if not self._is_open:
            return
        tab = self.tab
        first = next((entry for entry in tab.entries.values() if not entry.get()), tab.entries["name"])
        first.focus_set()
