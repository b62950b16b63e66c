"""What programs are told of somebody or of a room: said by whose it is, heard by those around, and never too much."""

from chatd.core.commands import Erase, Metadata, Mute
from chatd.core.errors import NoSuchAccount, NoSuchEntry, NoSuchRoom, NotAllowed, NotInRoom, TooMany
from chatd.core.events import MetadataChanged, MetadataDone
from chatd.core.settings.metadata import KEYS
from chatd.testing import BEGINNING
from tests.core.doubles import Voice, alone
from tests.store.doubles import Town, ask, join, refused, set_room, unanswered, write


def put(target: str, value: str | None, key: str = "avatar") -> Metadata:
    """Set a value, or take it away."""
    return Metadata(target=target, act="set", key=key, value=value)


def test_of_oneself(town: Town) -> None:
    """Everybody may ask; what is the same as before is not told again."""
    done = write(town, town.bob, put("@bob", "https://x.example/b.png"))
    assert done == MetadataDone(target="@bob", values={"avatar": "https://x.example/b.png"})
    write(town, town.bob, put("@bob", "https://x.example/b.png"))
    write(town, town.bob, put("@bob", "they", key="pronouns"))
    (first, second) = town.events()
    assert first == MetadataChanged(
        target="@bob", who="bob", at=BEGINNING, key="avatar", value="https://x.example/b.png"
    )
    assert second.key == "pronouns"
    everything = {"avatar": "https://x.example/b.png", "pronouns": "they"}
    assert ask(town, town.sam, Metadata(target="@bob")) == MetadataDone(target="@bob", values=everything)
    assert ask(town, town.sam, Metadata(target="@bob", key="pronouns")).values == {"pronouns": "they"}
    assert ask(town, town.sam, Metadata(target="@bob", key="url")).values == {}
    assert ask(town, town.sam, Metadata(target="@alice")).values == {}


def test_taken_away(town: Town) -> None:
    """One by one, or all at once; what is not there cannot be."""
    for key in ("a", "b", "c"):
        write(town, town.bob, put("@bob", key, key=key))
    town.events()
    assert write(town, town.bob, put("@bob", None, key="a")) == MetadataDone(target="@bob", values={})
    assert isinstance(refused(town, town.bob, put("@bob", None, key="a")), NoSuchEntry)
    done = write(town, town.bob, Metadata(target="@bob", act="clear"))
    assert done == MetadataDone(target="@bob", values={"b": "b", "c": "c"})
    assert [(event.key, event.value) for event in town.events()] == [("a", None), ("b", None), ("c", None)]
    assert write(town, town.bob, Metadata(target="@bob", act="clear")) == MetadataDone(target="@bob", values={})


def test_of_others(town: Town) -> None:
    """Whoever manages accounts, of those outranked."""
    assert isinstance(refused(town, town.bob, put("@alice", "x")), NotAllowed)
    assert isinstance(refused(town, town.bob, Metadata(target="@alice", act="clear")), NotAllowed)
    write(town, town.ada, put("@alice", "x"))
    assert [(event.target, event.who) for event in town.events()] == [("@alice", "ada")]
    assert isinstance(refused(town, town.bob, put("@nobody2", "x")), NoSuchAccount)


def test_of_a_room(town: Town) -> None:
    """Its owners say it; whoever may know of the room may ask."""
    write(town, town.alice, put("lobby", "tea"))
    assert [(event.target, event.value) for event in town.events()] == [("lobby", "tea")]
    for person, wrong in ((town.bob, NotAllowed), (town.maude, NotAllowed), (town.sam, NotInRoom)):
        assert isinstance(refused(town, person, put("lobby", "x")), wrong)
    assert ask(town, town.sam, Metadata(target="lobby")).values == {"avatar": "tea"}
    set_room(town, town.alice, "access", "invite")
    for room in ("lobby", "nowhere"):
        assert isinstance(unanswered(town, town.sam, Metadata(target=room)), NoSuchRoom)
        assert isinstance(refused(town, town.sam, put(room, "x")), NoSuchRoom)
    assert ask(town, town.bob, Metadata(target="lobby")).values == {"avatar": "tea"}


def test_so_many_and_no_more(town: Town) -> None:
    """Of each account and each room; what is there may be changed all the same."""
    join(town, town.bob, "dev")
    for target in ("@bob", "dev"):
        for number in range(KEYS):
            write(town, town.bob, put(target, "x", key=f"k{number}"))
        assert isinstance(refused(town, town.bob, put(target, "x", key="one-more")), TooMany)
        write(town, town.bob, put(target, "y", key="k0"))


def test_whoever_is_muted_says_nothing_so(town: Town) -> None:
    """Neighbours would read it; taking it away is allowed."""
    write(town, town.bob, put("@bob", "x"))
    write(town, town.maude, Mute(room="lobby", target="bob"))
    assert isinstance(refused(town, town.bob, put("@bob", "shout")), NotAllowed)
    write(town, town.bob, Metadata(target="@bob", act="clear"))


def test_it_ends_with_the_account(town: Town) -> None:
    """Nothing of whoever is gone is kept."""
    write(town, town.bob, put("@bob", "x"))
    write(town, town.bob, Erase(password=""))
    assert town.rows("SELECT * FROM metadata") == []
    assert isinstance(unanswered(town, town.alice, Metadata(target="@bob")), NoSuchAccount)


def test_who_hears_it() -> None:
    """Of an account: itself, on all its sessions, and who shares a room with it. Of a room: its members."""
    world = alone()
    alice, bob, carol = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev"), Voice(world, "carol")
    also = Voice(world, "alice")
    for voice in (alice, bob, carol):
        voice.hears()

    def hear() -> list[int]:
        everyone = (alice, also, bob, carol)
        return [sum(isinstance(event, MetadataChanged) for event in voice.hears()) for voice in everyone]

    alice.asks(put("@alice", "x", key="Avatar"), MetadataDone)
    assert hear() == [1, 1, 1, 0]
    alice.asks(put("dev", "x"), MetadataDone)
    assert hear() == [1, 1, 1, 0]
    assert alice.is_refused(put("dev", "a\nb")).code == "bad-text"
    assert alice.is_refused(put("dev", "x", key=":")).code == "bad-arguments"
    assert alice.is_refused(Metadata(target="dev", act="set", value="x")).code == "bad-arguments"
    assert alice.asks(Metadata(target="DEV", key="AVATAR"), MetadataDone).values == {"avatar": "x"}
