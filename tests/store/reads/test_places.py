"""Rooms are shown as those may know them who ask."""

from chatd.core.commands import Ban, Bans, Invite, Mute, Rooms, RoomSet, Topic
from chatd.core.errors import NoSuchRoom, NotAllowed, NotInRoom
from chatd.core.events import BanShown, TopicDone
from chatd.testing import BEGINNING
from tests.store.doubles import DAY, Town, ask, join, say, set_room, unanswered, write


def test_rooms_by_name(town: Town) -> None:
    """In the order of their names, with topics; a pattern is any part of a name, and conversations are no rooms."""
    for room in ("Zoo", "dev", "devops"):
        join(town, town.bob, room)
    say(town, town.bob, "@alice", "hi")
    write(town, town.bob, Topic(room="dev", text="code"))

    def names(pattern: str) -> list[tuple[str, str, bool]]:
        return [(room.room, room.topic, room.member) for room in ask(town, town.alice, Rooms(pattern=pattern)).rooms]

    assert names("") == [("dev", "code", False), ("devops", "", False), ("lobby", "", True), ("Zoo", "", False)]
    assert names("DEV") == [("dev", "code", False), ("devops", "", False)]
    assert names("zo") == [("Zoo", "", False)]
    assert names("%") == names("@") == []


def test_the_list_is_bounded(town: Town) -> None:
    """Five hundred are enough for one look; a pattern finds the others."""
    town.database.run(
        "INSERT INTO rooms (name, name_key, skeleton, kind, created_at) WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)"
        " SELECT 'r' || i, 'r' || i, 'r' || i, 'room', 1 FROM n"
    )
    assert len(ask(town, town.alice, Rooms()).rooms) == 500
    assert [room.room for room in ask(town, town.alice, Rooms(pattern="r599")).rooms] == ["r599"]


def test_what_is_not_known_does_not_count_against_the_bound(town: Town) -> None:
    """Private rooms are left out where rows are chosen, so that a page is full of what one may know."""
    for room in ("den", "Zoo"):
        join(town, town.alice, room)
    set_room(town, town.alice, "access", "invite", room="den")
    assert [room.room for room in ask(town, town.bob, Rooms()).rooms] == ["lobby", "Zoo"]
    write(town, town.alice, Invite(room="den", name="bob"))
    assert [room.room for room in ask(town, town.bob, Rooms()).rooms] == ["den", "lobby", "Zoo"]


def test_topics(town: Town) -> None:
    """With who said it and when, or nobody; for members."""
    assert ask(town, town.bob, Topic(room="lobby")) == TopicDone(room="lobby", topic="", by="", at=None)
    write(town, town.alice, Topic(room="lobby", text="tea"))
    assert ask(town, town.bob, Topic(room="lobby")) == TopicDone(room="lobby", topic="tea", by="alice", at=BEGINNING)
    assert isinstance(unanswered(town, town.sam, Topic(room="lobby")), NotInRoom)


def test_settings_are_for_members(town: Town) -> None:
    """Each as it would be typed."""
    set_room(town, town.alice, "slow", "90s")
    set_room(town, town.alice, "keep", "30d")
    assert ask(town, town.bob, RoomSet(room="lobby")).settings == {
        "access": "open", "key": "off", "listed": "on", "moderated": "off", "slow": "90s", "history": "members",
        "topic": "members", "limit": "off", "keep": "30d", "external": "off",
    }  # fmt: skip
    assert isinstance(unanswered(town, town.sam, RoomSet(room="lobby")), NotInRoom)


def test_what_is_in_force(town: Town) -> None:
    """Bans and mutes of a room for its moderators, of the site for admins; none that ended, and none of elsewhere."""
    write(town, town.maude, Mute(room="lobby", target="bob", ms=1000))
    write(town, town.ada, Ban(room="lobby", target="192.0.2.0/24", ms=0, reason="bots"))
    write(town, town.ada, Ban(target="sam"))
    assert ask(town, town.maude, Bans(room="lobby")).bans == (
        BanShown(
            number=2, effect="ban", room="lobby", target="192.0.2.0/24", reason="bots", set_by="ada",
            set_at=BEGINNING, until=None,
        ),
        BanShown(
            number=1, effect="mute", room="lobby", target="bob", reason="", set_by="maude", set_at=BEGINNING,
            until=BEGINNING + 1000,
        ),
    )  # fmt: skip
    assert [(ban.target, ban.room, ban.until) for ban in ask(town, town.ada, Bans()).bans] == [
        ("sam", None, BEGINNING + DAY * 1000)
    ]
    town.clock.advance(1)
    assert [ban.number for ban in ask(town, town.maude, Bans(room="lobby")).bans] == [2]
    assert isinstance(unanswered(town, town.bob, Bans(room="lobby")), NotAllowed)
    assert isinstance(unanswered(town, town.maude, Bans()), NotAllowed)
    assert isinstance(unanswered(town, town.maude, Bans(room="nowhere")), NoSuchRoom)
