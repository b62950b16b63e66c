"""From the door to the conversation and back, until the person closes the window."""

import tkinter
from collections.abc import Callable
from typing import Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.usage import UsageError

from chatd.client.connection.link import Refused
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.gui.door import DoorWindow
from chatd.client.gui.entering import Complaint, Entering, Form, Unknown, Way, complaint, mistake
from chatd.client.gui.look import Look
from chatd.client.gui.window import Browse, ChatWindow
from chatd.client.model.chat import Chat

_PATIENCE = 5.0


class Wish(NamedTuple):
    """
    What was asked for on the command line or in the settings.

    @ivar server: The address.
    @ivar title: What it is called.
    """

    server: str
    title: str
    name: str = ""
    room: str | None = None
    register: bool = False
    remember: bool = True
    bell: bool = True


class Program:
    """
    One run.

    @ivar over: Fires when the person has left and the connection is closed.
    """

    log = Logger(namespace="chatd.client.gui")

    def __init__(
        self,
        clock: IReactorTime,
        root: tkinter.Tk,
        look: Look,
        way: Way,
        wish: Wish,
        browse: Browse,
        has_kept: Callable[[str, str], bool] = lambda server, name: False,
    ) -> None:
        """
        @param browse: Opens a link elsewhere.
        @param has_kept: Whether a login is kept on this machine, for a server and a name.
        """
        self.over: Deferred[None] = Deferred()
        self._clock = clock
        self._root = root
        self._look = look
        self._way = way
        self._wish = wish
        self._browse = browse
        self._has_kept = has_kept
        self._form = Form(wish.server, wish.name, remember=wish.remember)
        self._chat: Chat | None = None
        self._window: ChatWindow | None = None
        self._entering: Deferred[None] | None = None
        self._is_closing = self._was_asked = False
        self._door = DoorWindow(root, look, wish.remember)
        self._door.on_submit = self._submit
        root.protocol("WM_DELETE_WINDOW", self.close)
        root.bind("<Control-q>", lambda event: self.close())

    def begin(self) -> None:
        """Show the door; or go straight in, if the login is kept."""
        wish = self._wish
        self._door.open(wish.server, wish.name, register=wish.register)
        if wish.name and not wish.register and self._has_kept(wish.server, wish.name):
            self._submit(self._form)

    def close(self) -> None:
        """The window is to be closed: a good-bye first, and a warning first if lines are not sent."""
        chat = self._chat
        if chat is None or self._is_closing:
            self._finish()
            return
        was_asked, self._was_asked = self._was_asked, True
        if was_asked and (chat.is_online or not chat.unsent):
            self._clock.callLater(_PATIENCE, self._finish)  # the server does not take the good-bye
        chat.quit()

    def stop(self) -> Deferred[None]:
        """Leave without asking; fires when it is done."""
        self._is_closing = True
        if self._chat is None:
            self._finish()
        else:
            self._chat.leave()
            self._clock.callLater(_PATIENCE, self._finish)
        return self.over

    def report(self, kind: type[BaseException], value: BaseException, trace: Any) -> None:
        """A callback of Tk's has failed: it is logged, and the window goes on."""
        self.log.failure("chatc-gui has a fault", Failure(value, kind, trace))

    def _finish(self) -> None:
        if not self.over.called:
            if self._entering is not None:
                self._entering.cancel()
            self.over.callback(None)

    # At the door.

    def _submit(self, form: Form) -> None:
        self._form = form
        wrong = mistake(form, lambda name: self._has_kept(form.server, name))
        if wrong is not None:
            self._complain(wrong)
            return
        self._door.wait(True)
        entering = Entering(self._way, form, self._wish.room)
        self._entering = Deferred.fromCoroutine(entering.run()).addCallbacks(self._entered, self._refused)
        self._entering.addErrback(self._fault)

    def _complain(self, wrong: Complaint) -> None:
        self._door.wait(False)
        self._door.wipe()
        self._door.complain(wrong)

    def _refused(self, failure: Failure) -> None:
        self._entering = None
        wrong = failure.value
        if self.over.called or isinstance(wrong, CancelledError):
            return
        self._door.wait(False)
        if isinstance(wrong, Unknown):
            form = self._form

            def trusted() -> None:
                wrong.trust.remember(wrong.stranger)
                self._submit(form)

            self._door.ask_about(wrong.stranger, trusted)
        elif isinstance(wrong, Refusal | Lost | UsageError):
            self._door.complain(complaint(wrong, self._form))
        else:
            failure.raiseException()

    def _entered(self, chat: Chat) -> None:
        self._entering = None
        self._chat = chat
        self._door.wait(False)
        self._door.clear()
        self._door.close()
        where = self._wish.title if self._form.server == self._wish.server else self._form.server
        where, bell = where.removeprefix("tls:"), self._wish.bell
        window = self._window = ChatWindow(self._clock, self._root, self._look, chat, where, self._browse, bell)
        window.on_ended = self._ended
        window.on_refused = self._put_out
        window.open()

    # In the conversation.

    def _put_out(self, state: Refused) -> None:
        """The server has ended it, or wants the password again."""
        chat = self._chat
        self._back_to_door(state.refusal.why)
        if chat is not None:
            chat.leave()

    def _ended(self) -> None:
        """A good-bye; or a logout, after which one may log in again."""
        if self._chat is not None and self._chat.is_out and not self._is_closing:
            self._back_to_door("You are logged out.")
        else:
            self._finish()

    def _back_to_door(self, news: str) -> None:
        if self._window is not None:
            self._window.close()
        self._window = self._chat = None
        self._door.open(self._form.server, news=news)

    def _fault(self, failure: Failure) -> None:
        self.log.failure("chatc-gui has a fault", failure)
        self._door.wait(False)
        self._door.complain(Complaint("server", f"a fault of chatc-gui's own: {failure.getErrorMessage()}", False))
