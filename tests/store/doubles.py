"""What the tests of the store share: doing things at once in a world in memory, and looking at what came of it."""

import sqlite3
from collections.abc import Coroutine, Iterable
from contextlib import closing
from typing import Any, TypeVar

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatd.core.commands import Command, GrantRole, History, Join, RoomRole, RoomSet, Say, Search
from chatd.core.errors import ChatError
from chatd.core.events import Answer, AnyRoomEvent, HistoryDone, JoinDone, Said, SayDone, SearchDone
from chatd.core.ports import OPERATOR, Account, Expulsion, Given, News
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.store.journal import Journal
from chatd.testing import InstantDatabase, World, now

T = TypeVar("T")
MINUTE = 60
DAY = 86400


class Town(World):
    """
    A world with people in it: in #lobby, alice who owns it, bob, and maude who moderates it, which makes four events;
    elsewhere ada, an admin of the site, and sam, who is in no room.

    @ivar told: What the journal has told the hub since the stage was set; C{ended}: whose sessions it has ended.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits=limits)
        self.told: list[News] = []
        self.ended: list[Expulsion] = []
        self.journal = Journal(
            self.database, self._tell, self.hub.hand_out, self._expel, lambda: self.hub.site.limits,
            self.clock.seconds, self.now, self.died.append,
        )  # fmt: skip
        people = [self.account(name) for name in ("alice", "bob", "maude", "ada", "sam")]
        self.alice, self.bob, self.maude, self.ada, self.sam = people
        for person in people[:3]:
            join(self, person, "lobby")
        op(self, self.alice, self.maude)
        grant(self, self.ada, "admin")
        self.told.clear()
        self._staged = len(self.rows("SELECT id FROM audit_log"))

    def rows(self, sql: str) -> list[Any]:
        """Look at what is stored."""
        return self.database.rows(sql)

    def audit(self) -> list[tuple[str, str, str, str, str]]:
        """Who did what to whom, where, and why, since the stage was set."""
        return self.rows("SELECT actor, act, target, room, reason FROM audit_log ORDER BY id")[self._staged :]

    def events(self) -> list[Any]:
        """What was told since the last look."""
        told, self.told[:] = [news.event for news in self.told], []
        return told

    def _tell(self, news: News, origin: Session | None, ref: str | None) -> None:
        self.told.append(news)
        self.hub.tell(news, origin, ref)

    def _expel(self, expulsion: Expulsion, origin: Session | None) -> None:
        self.ended.append(expulsion)
        self.hub.expel(expulsion, origin)


def done(coroutine: Coroutine[Deferred[Any], Any, T]) -> T:
    """What a coroutine that need not wait returns, or raises."""
    return now(Deferred.fromCoroutine(coroutine))


def failure_of(future: Deferred[Any]) -> BaseException:
    """What a Deferred has failed with."""
    failures: list[Failure] = []
    future.addErrback(failures.append)
    assert failures, "it has not failed"
    assert failures[0].value is not None
    return failures[0].value


# Doing


def write(world: World, actor: Account, command: Command, given: Given = None, address: str | None = None) -> Answer:
    """The answer to a command, stored now; from an address, if that matters."""
    origin = None if address is None else world.session(address=address)
    return done(world.journal.append(actor, command, origin, given))


def refused(
    world: World, actor: Account, command: Command, given: Given = None, address: str | None = None
) -> ChatError:
    """The refusal of a command; nothing at all is stored by it."""
    before = dump(world)
    with pytest.raises(ChatError) as caught:
        write(world, actor, command, given, address)
    assert dump(world) == before, "what is refused leaves nothing behind"
    return caught.value


def say(world: World, actor: Account, room: str, text: str, cid: str | None = None) -> SayDone:
    """Say a line now."""
    answer = write(world, actor, Say(room=room, text=text, cid=cid))
    assert isinstance(answer, SayDone)
    return answer


def join(world: World, actor: Account, room: str, key_hash: str | None = None) -> JoinDone:
    """Enter a room now."""
    answer = write(world, actor, Join(room=room), key_hash)
    assert isinstance(answer, JoinDone)
    return answer


def grant(world: World, account: Account, role: Any, seconds: float = 0) -> None:
    """Give an account a role on the site, as the operator does."""
    write(world, OPERATOR, GrantRole(name=account.key, role=role, ms=int(seconds * 1000)))


def op(world: World, owner: Account, member: Account, role: Any = "moderator", room: str = "lobby") -> None:
    """Give a member of a room a role there."""
    write(world, owner, RoomRole(room=room, name=member.key, role=role))


def set_room(world: World, owner: Account, name: str, value: str, given: Given = None, room: str = "lobby") -> None:
    """Change a setting of a room."""
    write(world, owner, RoomSet(room=room, name=name, value=value), given)


# Asking


def ask(world: World, reader: Account, command: Command) -> Any:
    """What a question is answered with."""
    return done(world.archive.ask(reader, command))


def unanswered(world: World, reader: Account, command: Command) -> ChatError:
    """The refusal of a question."""
    with pytest.raises(ChatError) as caught:
        ask(world, reader, command)
    return caught.value


def page(world: World, reader: Account, request: History) -> tuple[tuple[AnyRoomEvent, ...], bool]:
    """A page of history."""
    answer = ask(world, reader, request)
    assert isinstance(answer, HistoryDone)
    return answer.events, answer.more


def history(world: World, reader: Account, room: str = "lobby") -> list[AnyRoomEvent]:
    """All that somebody may read of a room."""
    return list(page(world, reader, History(room=room, limit=200))[0])


def lines(world: World, reader: Account, room: str = "lobby") -> list[str]:
    """What somebody reads of what was said in a room."""
    return [event.text for event in history(world, reader, room) if isinstance(event, Said)]


def found(world: World, reader: Account, words: str, **more: Any) -> list[str]:
    """The texts that a search finds, newest first."""
    answer = ask(world, reader, Search(words=words, **more))
    assert isinstance(answer, SearchDone)
    return [line.text for line in answer.found]


def seqs(events: Iterable[AnyRoomEvent]) -> list[int]:
    """The numbers of events."""
    return [event.seq for event in events]


# Looking at what is stored


def dump(world: World) -> list[tuple[Any, ...]]:
    """Every row of every table, but those of the search index, which follow."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'message_search%'"
    return [row for (table,) in world.database.rows(tables) for row in world.database.rows(f"SELECT * FROM {table}")]


def require_true_index(database: InstantDatabase) -> None:
    """The search index is whole, and is the one that the lines that can be read would give if it were made anew."""
    database.run("INSERT INTO message_search (message_search) VALUES ('integrity-check')")
    database.run("CREATE VIRTUAL TABLE temp.kept USING fts5vocab(main, message_search, instance)")
    stored = database.rows("SELECT doc, term, offset FROM temp.kept ORDER BY 1, 3")
    database.run("DROP TABLE temp.kept")
    readable = "SELECT id, body FROM messages WHERE kind <> 'event' AND deleted_at IS NULL"
    assert stored == words_of(database.rows(readable)), "the index holds what can be read, and nothing else"


def words_of(texts: Iterable[tuple[int, str]]) -> list[tuple[int, str, int]]:
    """Where each word of numbered texts stands, by an index that is made anew."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute("CREATE VIRTUAL TABLE made USING fts5 (body, tokenize = 'unicode61 remove_diacritics 2')")
        fresh.executemany("INSERT INTO made (rowid, body) VALUES (?, ?)", texts)
        fresh.execute("CREATE VIRTUAL TABLE words USING fts5vocab(made, instance)")
        return fresh.execute("SELECT doc, term, offset FROM words ORDER BY 1, 3").fetchall()
