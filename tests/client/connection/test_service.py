"""The reconnecting client, as its user lives through it: logged in, cut off, back, and nothing lost or doubled."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from chatd.client.connection.link import STEADY, Connecting, Offline, Online, Refused, State
from chatd.client.connection.protocol import QUIET, Lost
from chatd.client.connection.service import LONGEST_DELAY, ChatService
from chatd.client.keeping import Kept
from chatd.core.commands import Command, Erase, Join, Login, Logout, Passwd, Register, Say, Sessions
from chatd.core.events import Answer, Event, Gap, Said, SayDone
from tests.client.doubles import MemoryServer, failure_of, logged_in, refused, said, stored

ALICE = Login(name="alice", password="correct horse", recent=20)
REMEMBERED = Login(name="alice", password="correct horse", remember=True)
TOKEN = "chatd_s_" + "x" * 43


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Where tokens are kept."""
    return Kept(tmp_path / "state" / "tokens" / "server")


class NoSpread(Random):
    """Chance without chance in the delays."""

    def random(self) -> float:
        """No spread."""
        return 0.0


class Client:
    """A service with its server, and what its user was told."""

    def __init__(self, entrance: Login | Register = ALICE, kept: Kept | None = None) -> None:
        self.clock = Clock()
        self.server = MemoryServer()
        self.states: list[State] = []
        self.events: list[Event] = []
        chance = NoSpread(1)
        self.service = ChatService(self.clock, self.server, entrance, chance, self.hear, self.report, kept)

    def report(self, state: State) -> None:
        self.states.append(state)

    def hear(self, event: Event, line: bytes) -> None:
        self.events.append(event)

    def start(self) -> "Client":
        self.service.startService()
        return self

    def log_in(self, **more: Any) -> "Client":
        self.start()
        (ref,) = self.server.end.refs()
        self.server.end.tell(logged_in(ref, **more))
        return self

    def lose(self) -> "Client":
        self.server.end.drop()
        return self

    def return_(self, *missed: dict[str, Any], seconds: float = 2) -> dict[str, Any]:
        """Wait, connect again and resume; the answer is what the client asked with."""
        self.clock.advance(seconds)
        (asked,) = self.server.end.heard()
        self.server.end.tell(*missed, logged_in(asked["ref"], "resume"))
        return asked

    def ask(self, command: Command, **answer: Any) -> Deferred[Answer]:
        """Ask for something, and get an answer."""
        future = self.service.submit(command)
        (asked,) = self.server.end.heard()
        self.server.end.tell({"done": asked["do"], "ref": asked["ref"]} | answer)
        return future

    def state(self) -> Any:
        return self.states[-1]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Said)]


def test_it_logs_in_and_talks() -> None:
    """The ordinary day: in, one line said and acknowledged, one heard, out."""
    client = Client().start()
    assert client.states == [Connecting()]
    (login,) = client.server.end.heard()
    assert (login["do"], login["name"], login["password"], login["recent"]) == ("login", "alice", "correct horse", 20)

    client.server.end.tell(logged_in(login["ref"]))
    assert isinstance(client.state(), Online)
    assert not client.state().again

    said_ = client.service.submit(Say(room="lobby", text="hello"))
    (say,) = client.server.end.heard()
    client.server.end.tell(said(8, "hello", "alice"), stored(say["ref"], 8))
    assert said_.result == SayDone(room="lobby", seq=8, at=1)
    assert client.texts == ["hello"]

    stopped = client.service.stopService()
    (quit_,) = client.server.end.heard()
    assert quit_["do"] == "quit"
    client.server.end.tell({"done": "quit", "ref": quit_["ref"]})
    assert stopped.called
    assert not client.clock.getDelayedCalls()


def test_a_loss_is_said_and_the_resumption_brings_what_was_missed_once() -> None:
    """After a restart of the server one reads what was said meanwhile, and nothing twice."""
    client = Client().log_in()
    client.server.end.tell(said(8, "one"), said(9, "two"))
    client.lose()
    assert client.state() == Offline(client.state().lost, 2.0, 1, True)

    asked = client.return_(said(9, "two"), said(10, "three"))
    assert (asked["do"], asked["seen"]) == ("resume", {"lobby": 9})
    assert client.texts == ["one", "two", "three"]
    assert isinstance(client.state(), Online)
    assert client.state().again


def test_a_gap_is_told() -> None:
    """Where too much was missed, one is told from where to where."""
    client = Client().log_in().lose()
    client.return_({"event": "gap", "room": "lobby", "after": 7, "before": 640}, said(640, "late"))
    assert client.events[0] == Gap(room="lobby", after=7, before=640)


def test_lines_said_around_a_loss_are_stored_once_and_in_order() -> None:
    """Not acknowledged before the loss, typed during it, typed after it: each is sent again or at last, once."""
    client = Client().log_in()
    client.service.submit(Say(room="lobby", text="before"))
    first = client.server.end.heard()[0]
    client.lose()
    client.service.submit(Say(room="lobby", text="during"))
    client.return_()
    client.service.submit(Say(room="lobby", text="after"))

    again = client.server.end.heard()
    assert [each["text"] for each in again] == ["before", "during", "after"]
    assert again[0]["cid"] == first["cid"]
    assert len({each["cid"] for each in again}) == 3


def test_nothing_is_sent_before_the_resumption_is_answered() -> None:
    """A line that overtook the resumption would be refused."""
    client = Client().log_in().lose()
    client.service.submit(Say(room="lobby", text="x"))
    client.clock.advance(2)
    assert [each["do"] for each in client.server.end.heard()] == ["resume"]


def test_tries_become_rarer_up_to_a_minute() -> None:
    """A server that is away for long is not stormed."""
    client = Client().log_in()
    client.server.up = False
    client.lose()
    delays = []
    for _ in range(8):
        assert isinstance(client.state(), Offline)
        delays.append(client.state().seconds)
        client.clock.advance(client.state().seconds)
    assert delays == [2, 4, 8, 16, 32, LONGEST_DELAY, LONGEST_DELAY, LONGEST_DELAY]


def test_a_return_makes_it_patient_again() -> None:
    """After a connection that lasted the first delay is short once more."""
    client = Client().log_in().lose()
    client.return_()
    client.clock.advance(STEADY)
    client.lose()
    assert isinstance(client.state(), Offline)
    assert client.state().seconds == 2


def test_a_server_that_lets_in_and_throws_out_is_not_stormed() -> None:
    """What comes of it is a login every minute, not every other second; a person reads each time that it was lost."""
    client = Client().log_in()
    delays = []
    for _ in range(7):
        client.lose()
        delays.append(client.state().seconds)
        assert client.state().attempts == 1
        client.return_(seconds=client.state().seconds)
    assert delays == [2, 4, 8, 16, 32, LONGEST_DELAY, LONGEST_DELAY]


@pytest.mark.parametrize("code", ["login-failed", "not-encrypted", "registration-closed", "bad-password", "too-many"])
def test_a_no_at_the_door_is_taken_for_an_answer(code: str) -> None:
    """A wrong password is not tried again and again, which would only lock the door."""
    client = Client().start()
    waiting = client.service.submit(Say(room="lobby", text="x"))
    (ref,) = client.server.end.refs()
    client.server.end.tell(refused(ref, code, "No."))

    assert isinstance(client.state(), Refused)
    assert client.state().refusal.code == code
    assert not client.server.end.connected
    client.clock.advance(1000)
    assert client.server.calls == 1
    assert client.service.stopService().called
    assert isinstance(failure_of(waiting), Lost)


@pytest.mark.parametrize("code", ["busy", "stopping", "internal"])
def test_a_not_now_at_the_door_is_tried_again(code: str) -> None:
    """A server that is too busy to check a password gets it again a little later."""
    client = Client().start()
    (ref,) = client.server.end.refs()
    client.server.end.tell(refused(ref, code, "Not now."))
    assert isinstance(client.state(), Offline)
    assert (client.state().lost.why, client.state().lost.code, client.state().again) == ("Not now", code, False)
    client.clock.advance(2)
    assert client.server.calls == 2


def test_a_password_that_was_changed_elsewhere_ends_it() -> None:
    """Refused at the resumption, one is told so; there is nothing to wait for."""
    client = Client().log_in().lose()
    client.clock.advance(2)
    (ref,) = client.server.end.refs()
    client.server.end.tell(refused(ref, "login-failed", "Wrong name or password."))
    assert isinstance(client.state(), Refused)


def test_too_many_sessions_are_only_for_now_once_one_was_in() -> None:
    """The server may not have noticed yet that the old connection is dead."""
    client = Client().log_in().lose()
    client.clock.advance(2)
    (ref,) = client.server.end.refs()
    client.server.end.tell(refused(ref, "too-many", "20 sessions."))
    assert isinstance(client.state(), Offline)


def test_a_password_changed_here_serves_at_the_resumption() -> None:
    """After /passwd a loss does not lock one out."""
    client = Client().log_in()
    client.service.submit(Passwd(old="correct horse", new="better horse"))
    (ref,) = client.server.end.refs()
    client.server.end.tell({"done": "passwd", "ref": ref})
    client.lose()
    assert client.return_()["password"] == "better horse"


def test_a_room_joined_since_the_login_is_resumed() -> None:
    """What is said in it during a loss is not lost, even if nothing was said in it before."""
    client = Client().log_in()
    client.service.submit(Join(room="ops"))
    (ref,) = client.server.end.refs()
    client.server.end.tell({"done": "join", "at": 0, "ref": ref, "place": {"room": "ops", "seq": 3}})
    client.lose()
    assert client.return_()["seen"] == {"lobby": 7, "ops": 3}


def test_a_registration_that_was_not_answered_is_not_lost() -> None:
    """The account was made and the answer was not: the name is taken, by oneself."""
    client = Client(Register(name="alice", password="correct horse")).start().lose()
    client.clock.advance(2)
    (again,) = client.server.end.heard()
    assert again["do"] == "register"
    client.server.end.tell(refused(again["ref"], "name-taken", "alice is taken."))
    (login,) = client.server.end.heard()
    assert (login["do"], login["name"]) == ("login", "alice")
    client.server.end.tell(logged_in(login["ref"]))
    assert isinstance(client.state(), Online)


def test_a_name_that_is_somebody_elses_is_refused() -> None:
    """Without that doubt a taken name is a taken name."""
    client = Client(Register(name="alice", password="correct horse")).start()
    (ref,) = client.server.end.refs()
    client.server.end.tell(refused(ref, "name-taken", "alice is taken."))
    assert isinstance(client.state(), Refused)


def test_something_that_is_no_chatd_is_not_asked_for_ever() -> None:
    """At the wrong port one reads what is there, once."""
    client = Client().start()
    client.server.end.tell(b"SSH-2.0-OpenSSH_9.2")
    client.lose()
    assert isinstance(client.state(), Refused)
    assert "SSH-2.0-OpenSSH_9.2" in client.state().refusal.why
    assert client.service.stopService().called


def test_a_login_that_is_answered_with_something_else_is_no_login() -> None:
    """One reads that it makes no sense; nobody waits for ever, and the password is not said again and again."""
    client = Client().start()
    (ref,) = client.server.end.refs()
    client.server.end.tell({"done": "ping", "ref": ref, "at": 1})
    assert "makes no sense" in client.state().refusal.why
    assert not client.server.end.connected
    assert not client.clock.getDelayedCalls()


def test_a_server_that_never_answers_the_login_is_left() -> None:
    """A frozen server does not freeze the client."""
    client = Client().start()
    client.clock.advance(QUIET)
    client.clock.advance(QUIET)
    assert isinstance(client.state(), Offline)


def test_stopping_is_possible_at_any_time() -> None:
    """Ctrl-C works while it connects, while it logs in and while it waits."""
    entering = Client().start()
    assert entering.service.stopService().called
    waiting = Client().log_in().lose()
    future = waiting.service.submit(Say(room="lobby", text="x"))
    assert waiting.service.stopService().called
    assert isinstance(failure_of(future), Lost)
    never = Client()
    assert never.service.stopService().called
    for client in (entering, waiting, never):
        assert not client.clock.getDelayedCalls()
        assert client.service.stopService().called


def test_stopping_while_it_connects() -> None:
    """An attempt that is under way is called off."""
    client = Client()
    attempt: Deferred[Any] = Deferred()
    client.server.connect = lambda factory: attempt  # type: ignore[method-assign]
    client.start()
    assert client.service.stopService().called
    assert attempt.called


def test_one_may_stop_from_within_a_report() -> None:
    """A program that leaves at the first loss does so, from where it hears of it."""
    stopped: list[Deferred[None]] = []

    class Hasty(Client):
        def report(self, state: State) -> None:
            if isinstance(state, Offline):
                stopped.append(self.service.stopService())

    client = Hasty().log_in().lose()
    assert stopped[0].called
    assert not client.clock.getDelayedCalls()


def test_it_comes_back_with_the_token(kept: Kept) -> None:
    """The password crosses the line once; after a loss a token does, which costs the server no hashing."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN)
    assert kept.token("alice") == TOKEN
    asked = client.lose().return_()
    assert (asked["do"], asked["name"], asked["token"], asked["password"]) == ("resume", "alice", TOKEN, "")
    assert not asked["remember"]
    assert client.state().again


def test_a_storm_of_returns_hashes_nothing(tmp_path: Path) -> None:
    """After a restart of the server everyone comes back at once, each with a token of its own and no password."""
    clients = [
        Client(REMEMBERED, Kept(tmp_path / "tokens" / f"machine {n}")).log_in(token=f"{TOKEN[:-3]}{n:03}")
        for n in range(200)
    ]
    for client in clients:
        client.lose()
    asked = [client.return_() for client in clients]
    assert [(each["do"], each["token"], each["password"]) for each in asked] == [
        ("resume", f"{TOKEN[:-3]}{n:03}", "") for n in range(200)
    ]
    assert all(isinstance(client.state(), Online) for client in clients)


def test_it_comes_in_with_the_token_of_the_last_time(kept: Kept) -> None:
    """The next start needs no password."""
    kept.keep("alice", TOKEN)
    client = Client(Login(name="alice", token=TOKEN), kept).start()
    (login,) = client.server.end.heard()
    assert (login["do"], login["name"], login["token"], login["password"]) == ("login", "alice", TOKEN, "")
    client.server.end.tell(logged_in(login["ref"]))
    assert isinstance(client.state(), Online)
    assert kept.token("alice") == TOKEN
    assert client.lose().return_()["token"] == TOKEN


def test_a_refused_token_is_thrown_away_and_the_password_serves(kept: Kept) -> None:
    """If the token has run out, the password that is in memory is said over the same connection, for a new token."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN).lose()
    client.clock.advance(2)
    (resume,) = client.server.end.heard()
    client.server.end.tell(refused(resume["ref"], "login-failed", "Wrong name or password."))
    (again,) = client.server.end.heard()
    assert (again["do"], again["password"], again["token"], again["remember"]) == ("resume", "correct horse", "", True)
    assert again["seen"] == resume["seen"]
    assert kept.token("alice") == ""
    client.server.end.tell(logged_in(again["ref"], "resume", token=TOKEN + "2"))
    assert isinstance(client.state(), Online)
    assert kept.token("alice") == TOKEN + "2"


def test_a_refused_token_without_a_password_is_said_and_what_was_typed_waits(kept: Kept) -> None:
    """One is to be asked; with the password the conversation goes on where it was, lines and all."""
    kept.keep("alice", TOKEN)
    client = Client(Login(name="alice", token=TOKEN), kept).log_in().lose()
    client.service.submit(Say(room="lobby", text="during"))
    client.clock.advance(2)
    (resume,) = client.server.end.refs()
    client.server.end.tell(refused(resume, "login-failed", "Wrong name or password."))
    assert client.state().refusal.code == "login-failed"
    assert "kept" in client.state().refusal.why
    assert kept.token("alice") == ""
    assert not client.server.end.connected

    client.service.try_again(REMEMBERED)
    (again,) = client.server.end.heard()
    assert (again["do"], again["password"], again["remember"], again["seen"]) == (
        "resume", "correct horse", True, {"lobby": 7},
    )  # fmt: skip
    client.server.end.tell(logged_in(again["ref"], "resume", token=TOKEN + "2"))
    assert client.state().again
    assert [each["text"] for each in client.server.end.heard()] == ["during"]


def test_the_end_of_an_earlier_connection_does_not_disturb_a_later_attempt(kept: Kept) -> None:
    """A socket may say late that it is closed."""
    client = Client(Login(name="alice", token=TOKEN), kept).start()
    earlier = client.server.end
    earlier.abortConnection = lambda: None  # type: ignore[method-assign]
    earlier.tell(refused(earlier.refs()[0], "login-failed", "Wrong name or password."))
    client.service.try_again(REMEMBERED)
    earlier.drop()
    client.server.end.tell(logged_in(client.server.end.refs()[0]))
    assert isinstance(client.state(), Online)
    assert not [state for state in client.states if isinstance(state, Offline)]


def test_a_token_is_not_thrown_away_over_anything_else(kept: Kept) -> None:
    """A server that is busy, or a ban that ends some day, say nothing about the token."""
    for code in ("busy", "not-allowed", "too-many"):
        kept.keep("alice", TOKEN)
        client = Client(Login(name="alice", token=TOKEN), kept).start()
        client.server.end.tell(refused(client.server.end.refs()[0], code, "No."))
        assert kept.token("alice") == TOKEN


def test_with_nothing_kept_the_password_serves() -> None:
    """--no-remember: no token is asked for, and none is used."""
    client = Client().log_in().lose()
    asked = client.return_()
    assert (asked["token"], asked["password"], asked["remember"]) == ("", "correct horse", False)


def test_a_new_password_keeps_the_token(kept: Kept) -> None:
    """The server revokes the others; the password in memory is the new one."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN)
    client.ask(Passwd(old="correct horse", new="better horse"))
    assert kept.token("alice") == TOKEN
    client.lose()
    client.clock.advance(2)
    (resume,) = client.server.end.heard()
    assert (resume["token"], resume["password"]) == (TOKEN, "")
    client.server.end.tell(refused(resume["ref"], "login-failed", "Wrong name or password."))
    assert client.server.end.heard()[0]["password"] == "better horse"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("session-ended", "You ended this session from another one."),
        ("not-allowed", "You are banned from this server until tomorrow."),
    ],
)
def test_an_ended_session_does_not_come_back_by_itself(kept: Kept, code: str, why: str) -> None:
    """Logged out elsewhere, suspended, banned: one reads which, and nobody knocks again and again."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN)
    client.server.end.tell(refused(None, code, why))
    client.lose()
    assert isinstance(client.state(), Refused)
    assert (client.state().refusal.code, client.state().refusal.why) == (code, why)
    client.clock.advance(1000)
    assert client.server.calls == 1
    assert client.service.stopService().called
    assert not client.clock.getDelayedCalls()


@pytest.mark.parametrize("code", ["too-slow", "stopping", "internal", "too-fast"])
def test_any_other_end_is_a_loss(code: str) -> None:
    """A server that restarts says so, and is connected to again."""
    client = Client().log_in()
    client.server.end.tell(refused(None, code, "Not now."))
    client.lose()
    assert isinstance(client.state(), Offline)


@pytest.mark.parametrize("command", [Logout(), Logout(which=7), Erase(password="correct horse")])
def test_who_has_logged_out_is_out(kept: Kept, command: Command) -> None:
    """The token is forgotten, there is no further word to the server, and no way back."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN)
    mine = {"number": 7, "face": "json", "address": "::1", "since": 1, "active_at": 1, "mine": True}
    client.ask(Sessions(), at=1, sessions=[mine | {"number": 3, "mine": False}, mine])
    client.ask(command, sessions=1, tokens=1, name="alice")
    assert client.service.is_out
    assert kept.token("alice") == ""
    assert not client.server.end.connected
    assert client.service.stopService().called
    client.clock.advance(1000)
    assert client.server.calls == 1


def test_ending_another_session_ends_no_other(kept: Kept) -> None:
    """/logout 3 is for the one that is not this."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN)
    client.ask(Logout(which=3), sessions=1, tokens=1)
    assert not client.service.is_out
    assert client.server.end.connected
    assert kept.token("alice") == TOKEN


def test_after_logging_out_everywhere_the_token_is_worthless(kept: Kept) -> None:
    """/logout all revokes this session's token, too; the session goes on."""
    client = Client(REMEMBERED, kept).log_in(token=TOKEN)
    client.ask(Logout(which="all"), sessions=2, tokens=3)
    assert not client.service.is_out
    assert kept.token("alice") == ""
    asked = client.lose().return_()
    assert (asked["token"], asked["password"], asked["remember"]) == ("", "correct horse", True)


def test_a_registration_brings_a_token(kept: Kept) -> None:
    """Whoever has just made an account is remembered, too; also if the answer was lost on the way."""
    client = Client(Register(name="alice", password="correct horse", remember=True), kept).start().lose()
    client.clock.advance(2)
    client.server.end.tell(refused(client.server.end.refs()[0], "name-taken", "alice is taken."))
    (login,) = client.server.end.heard()
    assert (login["do"], login["remember"]) == ("login", True)
    client.server.end.tell(logged_in(login["ref"], token=TOKEN))
    assert kept.token("alice") == TOKEN


def test_two_clients_never_share_a_cid() -> None:
    """Two runs of the same program do not answer for each other's lines."""
    cids = set()
    for seed in range(20):
        client = Client()
        client.service = ChatService(client.clock, client.server, ALICE, Random(seed), client.hear, client.report)
        client.log_in().service.submit(Say(room="lobby", text="x"))
        cids.add(client.server.end.heard()[0]["cid"])
    assert len(cids) == 20
    assert all(len(cid) <= 64 and cid.isascii() for cid in cids)
