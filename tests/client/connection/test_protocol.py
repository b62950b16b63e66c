"""One connection of the client: answers find their questions, and nothing that a server says breaks it."""

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone, DNSLookupError
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from chatd.client.connection.protocol import (
    LINE_LIMIT,
    LONGEST_EVENT,
    MOST_STRAY,
    PARTING,
    QUIET,
    ChatClient,
    Lost,
    ask_once,
    connect,
    in_words,
)
from chatd.client.connection.wire import Refusal
from chatd.core.commands import History, Introduce, Ping, Say
from chatd.core.events import Event, HistoryDone, Introduced, Said, SayDone
from tests.client.doubles import End, MemoryServer, failure_of, refused, said, stored


class Conversation:
    """A client with a server, and what the client's owner was told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.events: list[Event] = []
        self.lines: list[bytes] = []
        self.ended: list[Lost] = []
        server = MemoryServer()
        found: list[ChatClient] = []
        connect(self.clock, server, self.hear, self.ended.append).addCallback(found.append)
        self.client: ChatClient = found[0]
        self.server: End = server.end

    def hear(self, event: Event, line: bytes) -> None:
        self.events.append(event)
        self.lines.append(line)


@pytest.fixture
def talk() -> Conversation:
    """A conversation that has begun."""
    return Conversation()


def test_an_answer_finds_its_question(talk: Conversation) -> None:
    """Two lines are on their way at once, and each learns its own number."""
    first, second = talk.client.submit(Say(room="lobby", text="a")), talk.client.submit(Say(room="lobby", text="b"))
    one, two = talk.server.heard()
    assert (one["do"], one["text"], two["text"]) == ("say", "a", "b")

    talk.server.tell(stored(two["ref"], 9), stored(one["ref"], 8))

    assert first.result == SayDone(room="lobby", seq=8, at=1)
    assert second.result == SayDone(room="lobby", seq=9, at=1)


def test_a_refusal_has_its_code_and_its_reason(talk: Conversation) -> None:
    """A refused line is told to whoever sent it, with everything the server said about it."""
    future = talk.client.submit(Say(room="ops", text="a"))
    (ref,) = talk.server.refs()
    talk.server.tell(refused(ref, "not-allowed", "#ops is by invitation.") | {"set_by": "carol", "until": 5})

    refusal = failure_of(future)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.why, refusal.set_by, refusal.until) == (
        "not-allowed", "#ops is by invitation.", "carol", 5,
    )  # fmt: skip


def test_events_are_heard_with_their_line(talk: Conversation) -> None:
    """What others say arrives as a typed event, and unchanged for whoever wants the object."""
    talk.server.tell(said(8, "hi") | {"own": True})
    assert talk.events == [Said(room="lobby", seq=8, who="bob", at=1, text="hi")]
    assert b'"own": true' in talk.lines[0]


def test_a_newer_server_is_understood_as_far_as_possible(talk: Conversation) -> None:
    """Fields, events and history that this client has never heard of are left out, and the rest is there."""
    future = talk.client.submit(History(room="lobby"))
    (ref,) = talk.server.refs()
    painted = {"event": "painted", "room": "lobby", "seq": 2, "who": "carol", "whom": "bob", "at": 1}
    talk.server.tell(painted, {"event": "said", "mood": "fine"}, {"weather": "rain"}, said(3, "hi") | {"mood": "fine"})
    old = [said(1, "one"), painted, said(3, "three")]
    talk.server.tell({"done": "history", "at": 0, "ref": ref, "room": "lobby", "events": old, "more": False, "page": 3})

    assert [event.text for event in talk.events if isinstance(event, Said)] == ["hi"]
    assert isinstance(future.result, HistoryDone)
    assert [event.seq for event in future.result.events] == [1, 3]
    assert not talk.ended


def test_an_answer_that_makes_no_sense_is_a_refusal(talk: Conversation) -> None:
    """Whoever asked is told so, rather than left waiting."""
    future = talk.client.submit(Ping())
    (ref,) = talk.server.refs()
    talk.server.tell({"done": "ping", "ref": ref, "at": "noon"})
    assert "Update chatc" in str(failure_of(future))


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"ref":', b"[" * 100_000, b'{"done":7}', b'{"done":"say"}']
)
def test_no_line_breaks_it(talk: Conversation, line: bytes) -> None:
    """Whatever the server writes, the conversation goes on after it."""
    talk.server.tell(line, said(8, "still here"))
    assert [type(event) for event in talk.events] == [Said]


@pytest.mark.parametrize(
    "answer",
    [
        b'{"done":"history","ref":"1","room":"lobby","at":1,"events":[],"more":false,"x":"\xff"}',
        b'{"done":"history","ref":"1","room":"\xff","at":1,"events":[],"more":false}',
        b'{"done":"history","ref":"1","room":"lobby","at":1,"more":false,"events":[{"event":"' + b"[" * 500 + b'"}]}',
        b'{"done":"ping","ref":"1","at":1}',
        b'{"done":"history","done":"ping","ref":"1","at":1}',
        b'{"done":"ping","done":"history","ref":"1","at":1}',
        b'{"done":"nonsense","ref":"1"}',
        b'{"done":"history","ref":"1","at":1,"room":"lobby","events":' + b"[" * 700 + b"]" * 700 + b',"more":false}',
    ],
)
def test_no_answer_leaves_a_question_open(talk: Conversation, answer: bytes) -> None:
    """Bytes that are no text, objects without a bottom, the answer to another question: whoever asked is told so."""
    asked = talk.client.submit(History(room="lobby"))
    talk.server.tell(answer)
    if not isinstance(getattr(asked, "result", None), HistoryDone):
        assert any(told in str(failure_of(asked)) for told in ("makes no sense", "in no words that there are"))


@pytest.mark.parametrize(
    "answer",
    [
        b'{"done":"history","ref":"1","room":"\xff","at":1,"events":[],"more":false}',
        b'{"done":"ping","ref":"1","at":1}',
        b'{"event":"said","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_answers_with_nonsense_is_no_chatd(talk: Conversation, answer: bytes) -> None:
    """No chatd of any age does it, so that nothing that follows can be trusted; what else was asked fails as well."""
    asked, other = talk.client.submit(History(room="lobby")), talk.client.submit(Ping())
    talk.server.tell(answer)
    assert isinstance(failure_of(asked), Refusal | Lost)
    assert isinstance(failure_of(other), Lost)
    assert [(lost.why, lost.code) for lost in talk.ended] == [
        ("the server answers what was not asked, or in no words that there are", "not-chatd")
    ]


def test_an_event_that_is_too_long_for_one_is_none(talk: Conversation) -> None:
    """No text, name or topic of a chatd's takes so much; the conversation goes on."""
    talk.server.tell(said(8, "x" * LONGEST_EVENT), said(9, "hi", who="x" * LONGEST_EVENT), said(10, "still here"))
    assert [event.text for event in talk.events if isinstance(event, Said)] == ["still here"]


def test_a_storm_of_pings_is_answered_once_at_a_time(talk: Conversation) -> None:
    """A server that asks for signs of life without end and reads none does not fill the memory."""
    talk.server.tell(*[{"event": "ping", "at": 1}] * 1000)
    (ping,) = talk.server.heard()
    talk.server.tell({"done": "ping", "ref": ping["ref"], "at": 1}, {"event": "ping", "at": 1})
    assert len(talk.server.heard()) == 1


def test_lines_without_sense_have_an_end(talk: Conversation) -> None:
    """A few are nothing to leave for; a server that writes nothing else would have this machine busy for nothing."""
    talk.server.tell(said(8, "hi"), *[b""] * MOST_STRAY)
    assert not talk.ended
    talk.server.tell(b"")
    assert [lost.code for lost in talk.ended] == ["not-chatd"]


def test_a_long_line_in_words_costs_no_more_than_its_length(talk: Conversation) -> None:
    """Four megabytes in which a refusal might begin anywhere, and does nowhere."""
    talk.server.tell(b"error: " * 550_000)
    talk.server.drop()
    assert talk.ended[0].code == "not-chatd"


def test_a_ping_is_answered(talk: Conversation) -> None:
    """A quiet client is not taken for a dead one; the person sees nothing of it."""
    talk.server.tell({"event": "ping", "at": 1})
    assert [each["do"] for each in talk.server.heard()] == ["ping"]
    assert talk.events == []


def test_a_banner_before_the_first_object_does_no_harm(talk: Conversation) -> None:
    """On a slow line the server greets a person first; the answer stands behind its prompt."""
    future = talk.client.submit(Say(room="lobby", text="a"))
    (ref,) = talk.server.refs()
    talk.server.tell(b"\xff\xfd\x00\rchatd - 3 people here. /help lists commands, /quit leaves.\r")
    talk.server.protocol.dataReceived(b"Username (or a new name to register): ")
    talk.server.tell(stored(ref, 8))
    assert isinstance(future.result, SayDone)


def test_a_refusal_in_words_is_why_the_connection_ended(talk: Conversation) -> None:
    """An overloaded door speaks to people; its reason is kept, with its code."""
    future = talk.client.submit(Ping())
    talk.server.tell(b"-- error: Too many connections from your address. Try again in a moment. [busy]\r")
    talk.server.drop(ConnectionDone())

    lost = failure_of(future)
    assert isinstance(lost, Lost)
    assert (lost.why, lost.code) == ("Too many connections from your address. Try again in a moment.", "busy")
    assert talk.ended == [lost]


def test_a_farewell_is_why_the_connection_ended(talk: Conversation) -> None:
    """When the server says why it closes, that is the reason, and not that it closed."""
    talk.server.tell(refused(None, "too-slow", "You do not read."))
    talk.server.drop()
    assert [(lost.why, lost.code) for lost in talk.ended] == [("You do not read.", "too-slow")]


def test_no_reason_moves_a_cursor(talk: Conversation) -> None:
    """Wherever it comes to be told, a log or a traceback included; nor does it fill a screen."""
    evil = "x\x1b[2J\u202e\n-- forged" + "x" * 100_000
    asked = talk.client.submit(Ping())
    (ref,) = talk.server.refs()
    talk.server.tell(refused(ref, evil, evil), refused(None, evil, evil))
    talk.server.drop()
    refusal = failure_of(asked)
    for told in (str(refusal), refusal.why, refusal.code, str(talk.ended[0]), talk.ended[0].why, talk.ended[0].code):
        assert told.isprintable()
        assert len(told) < 5000


def test_another_protocol_is_named(talk: Conversation) -> None:
    """At the wrong port one reads what answered there, with nothing that could move the cursor."""
    talk.server.tell(b"SSH-2.0-OpenSSH_9.2\x1b[2J\r")
    talk.server.drop()
    assert talk.ended[0].code == "not-chatd"
    assert "SSH-2.0-OpenSSH_9.2" in talk.ended[0].why
    assert "\x1b" not in talk.ended[0].why


def test_a_stray_line_in_a_conversation_is_no_reason(talk: Conversation) -> None:
    """A server that has spoken JSON is a chatd, whatever it wrote in between."""
    talk.server.tell(said(8, "hi"), b"oops")
    talk.server.drop()
    assert talk.ended[0].code == "lost"


def test_a_loss_fails_everything_that_waits_once(talk: Conversation) -> None:
    """Nobody waits for an answer that cannot come, and what is asked later fails at once."""
    futures = [talk.client.submit(Ping()), talk.client.submit(Ping())]
    talk.server.drop()
    later = talk.client.submit(Ping())
    assert {type(failure_of(each)) for each in [*futures, later]} == {Lost}
    assert len(talk.ended) == 1
    assert not talk.clock.getDelayedCalls()


def test_a_line_too_long_for_the_server_is_not_sent(talk: Conversation) -> None:
    """The server would close over it; so only this line is refused, and the connection stays."""
    refusal = failure_of(talk.client.submit(Say(room="lobby", text="x" * LINE_LIMIT)))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "too-long"
    assert talk.server.heard() == []
    assert not talk.ended


def test_a_line_without_end_is_not_gathered_for_ever(talk: Conversation) -> None:
    """A server that writes for ever without a line end does not fill the memory."""
    talk.server.protocol.dataReceived(b"x" * (ChatClient.MAX_LENGTH + 2))
    assert "no end" in talk.ended[0].why


def test_a_silent_server_is_asked_and_then_given_up(talk: Conversation) -> None:
    """A line that died without a word is noticed after three minutes; one that only has nothing to say is kept."""
    talk.clock.advance(QUIET)
    (ping,) = talk.server.heard()
    assert ping["do"] == "ping"
    talk.server.tell({"done": "ping", "ref": ping["ref"], "at": 1})
    talk.clock.advance(QUIET)
    talk.server.heard()
    assert not talk.ended

    talk.clock.advance(QUIET)
    assert [lost.why for lost in talk.ended] == ["the server gave no sign of life for 180 s"]
    assert not talk.clock.getDelayedCalls()


def test_leaving_waits_for_the_good_bye(talk: Conversation) -> None:
    """The server hears the reason; the connection closes with its answer."""
    talk.client.leave("lunch")
    (quit_,) = talk.server.heard()
    assert (quit_["do"], quit_["reason"]) == ("quit", "lunch")
    assert not talk.ended
    talk.server.tell({"done": "quit", "ref": quit_["ref"]})
    assert len(talk.ended) == 1


def test_leaving_does_not_wait_for_ever(talk: Conversation) -> None:
    """A server that does not answer the good-bye is left all the same."""
    talk.client.leave()
    talk.clock.advance(PARTING)
    assert len(talk.ended) == 1
    assert not talk.clock.getDelayedCalls()


def test_asking_once_closes_behind_itself() -> None:
    """The question before the login takes no connection away from anyone."""
    clock, server = Clock(), MemoryServer()
    answer = Deferred.fromCoroutine(ask_once(clock, server, Introduce(name="alice")))
    (ref,) = server.end.refs()
    server.end.tell({"done": "introduce", "ref": ref, "name": "alice", "known": True})
    assert answer.result == Introduced(name="alice", known=True)
    (quit_,) = server.end.heard()
    server.end.tell({"done": "quit", "ref": quit_["ref"]})
    assert not server.end.connected
    assert not clock.getDelayedCalls()


def test_a_server_that_is_not_there_is_unreachable() -> None:
    """One reads that the connection was refused, and not the name of an exception."""
    server = MemoryServer()
    server.up = False
    lost = failure_of(Deferred.fromCoroutine(ask_once(Clock(), server, Ping())))
    assert isinstance(lost, Lost)
    assert (lost.why, lost.code) == ("the connection was refused", "unreachable")


def test_reasons_are_in_words() -> None:
    """A reason is for people; where none is known, the exception's own words serve."""
    assert in_words(Failure(DNSLookupError("x"))) == "there is no such host"
    assert in_words(Failure(OSError("disk on fire"))) == "disk on fire"
    assert in_words(Failure(KeyError())) == "KeyError"
