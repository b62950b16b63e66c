"""Masks keep out and let not speak whom they are of, on every face, and those they spare are spared."""

import pytest

from chatd.core import commands
from chatd.core.commands import Ban, Bans, Join, Mask, Masks, Mute, Say, Topic, Unban, Undo, Unmute
from chatd.core.errors import BadArguments, NoSuchEntry, NoSuchRoom, NotAllowed, NotInRoom
from chatd.core.events import (
    BanDone,
    JoinDone,
    MaskChanged,
    MaskDone,
    MasksDone,
    MaskShown,
    MuteDone,
    RoomRoleDone,
    RoomSetDone,
    SayDone,
    Unbanned,
)
from chatd.testing import BEGINNING, World
from tests.core.doubles import Voice, alone
from tests.store.doubles import DAY, Town, ask, grant, history, op, refused, say, set_room, unanswered, write

LINE = Say(room="dev", text="hi")


def two(**limits: int) -> tuple[World, Voice, Voice]:
    """A room with its owner and a member."""
    world = alone(**limits)
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    alice.hears()
    return world, alice, bob


def put(voice: Voice, effect: commands.MaskList, mask: str, on: bool = True, room: str = "dev") -> MaskDone:
    """Put a mask on a list, or take it off."""
    return voice.asks(Mask(room=room, list=effect, mask=mask, on=on), MaskDone)


# The lists.


def test_a_mask_is_put_on_a_list_and_taken_off(town: Town) -> None:
    """Everyone in the room hears it, history has it, and it is on record."""
    on = Mask(room="lobby", list="exception", mask="*!*@guest/*")
    assert write(town, town.maude, on) == MaskDone(room="lobby", list="exception", mask="*!*@guest/*", on=True)
    told = MaskChanged(room="lobby", seq=5, who="maude", at=BEGINNING, list="exception", mask="*!*@guest/*", on=True)
    assert town.events() == [told]
    assert history(town, town.bob)[-1] == told
    shown = MasksDone(
        room="lobby", list="exception", masks=(MaskShown(mask="*!*@guest/*", set_by="maude", set_at=BEGINNING),)
    )
    assert ask(town, town.alice, Masks(room="lobby", list="exception")) == shown
    assert ask(town, town.alice, Masks(room="lobby", list="ban")).masks == ()
    write(town, town.alice, Mask(room="lobby", list="exception", mask="*!*@GUEST/*", on=False))
    assert [(event.mask, event.on) for event in town.events()] == [("*!*@guest/*", False)]
    assert ask(town, town.alice, Masks(room="lobby", list="exception")).masks == ()
    assert [entry[:3] + entry[4:] for entry in town.audit()] == [
        ("maude", "mask", "*!*@guest/*", "exception on"),
        ("alice", "mask", "*!*@GUEST/*", "exception off"),
    ]


def test_a_mask_that_is_there_is_there() -> None:
    """Nothing is told or stored a second time; what is not there cannot be taken off."""
    world, alice, bob = two()
    put(alice, "ban", "X!*@*")
    bob.hears()
    assert put(alice, "ban", "x!*@*").on
    assert bob.hears() == []
    assert world.database.rows("SELECT count(*) FROM bans") == [(1,)]
    assert alice.is_refused(Mask(room="dev", list="mute", mask="x!*@*", on=False)).code == "no-such-entry"


def test_who_may_change_a_list(town: Town) -> None:
    """Moderators; members see who is banned and muted, and not who is spared or invited."""
    on = Mask(room="lobby", list="ban", mask="x!*@*")
    assert isinstance(refused(town, town.bob, on), NotAllowed)
    assert isinstance(refused(town, town.sam, on), NotInRoom)
    shown: tuple[commands.MaskList, ...] = ("ban", "mute")
    hidden: tuple[commands.MaskList, ...] = ("exception", "invitation")
    for effect in shown:
        assert ask(town, town.bob, Masks(room="lobby", list=effect)).masks == ()
    for effect in hidden:
        assert isinstance(unanswered(town, town.bob, Masks(room="lobby", list=effect)), NotAllowed)
    assert isinstance(unanswered(town, town.sam, Masks(room="lobby", list="ban")), NotInRoom)
    set_room(town, town.alice, "access", "invite")
    assert isinstance(refused(town, town.sam, on), NoSuchRoom)


def test_there_are_only_so_many() -> None:
    """On all lists of a room together; they are asked for at each line."""
    _, alice, _ = two(masks=3)
    for number in range(3):
        put(alice, "ban", f"x{number}!*@*")
    wrong = alice.is_refused(Mask(room="dev", list="exception", mask="x!*@*"))
    assert (wrong.code, wrong.rule) == ("too-many", "masks in one room")
    put(alice, "ban", "x1!*@*", on=False)
    put(alice, "exception", "x!*@*")
    alice.joins("ops")
    put(alice, "ban", "x!*@*", room="ops")


# What they do.


def test_a_banned_mask_keeps_out_and_silences() -> None:
    """Whoever is in stays and says nothing; whoever is out stays out."""
    world, alice, bob = two()
    carol = Voice(world, "carol")
    put(alice, "ban", "*!*@user/*o*")
    for wrong in (bob.is_refused(LINE), carol.is_refused(Join(room="dev"))):
        assert (wrong.code, wrong.rule, wrong.set_by) == ("not-allowed", "ban", "alice")
    assert bob.is_refused(Topic(room="dev", text="x")).rule == "ban"
    assert alice.asks(LINE, SayDone).room == "dev"
    put(alice, "ban", "*!*@user/*O*", on=False)
    assert bob.asks(LINE, SayDone).seq
    assert carol.asks(Join(room="dev"), JoinDone).place.room == "dev"


def test_a_muted_mask_lets_in_and_silences() -> None:
    """And those with a voice speak all the same."""
    world, alice, bob = two()
    put(alice, "mute", "*!*@*")
    carol = Voice(world, "carol").joins("dev")
    for voice in (bob, carol):
        assert voice.is_refused(LINE).rule == "mute"
    alice.asks(commands.RoomRole(room="dev", name="bob", role="voice"), RoomRoleDone)
    assert bob.asks(LINE, SayDone).room == "dev"
    bob.joins("ops")
    assert carol.joins("ops").asks(Say(room="ops", text="x"), SayDone).room == "ops", "it is of that room alone"


def test_an_exception_is_one_to_bans_and_mutes() -> None:
    """Of masks and of accounts in that room; not to those of the site, nor of a network."""
    world, alice, bob = two()
    put(alice, "ban", "*!*@*")
    put(alice, "mute", "*!*@*")
    put(alice, "exception", "a:BOB")
    assert bob.asks(LINE, SayDone).room == "dev"
    alice.asks(Mute(room="dev", target="bob"), MuteDone)
    assert bob.asks(LINE, SayDone).room == "dev"
    world.database.run("UPDATE bans SET room_id = NULL WHERE account_id IS NOT NULL")
    world.pass_time(2)  # the writer remembers for a second who may speak
    assert bob.is_refused(LINE).rule == "mute"
    world.database.run("UPDATE bans SET room_id = 1, account_id = NULL, network = '192.0.2.0/24' WHERE mask IS NULL")
    world.pass_time(2)
    assert bob.is_refused(LINE).rule == "mute"


def test_an_invited_mask_enters() -> None:
    """A room by invitation, or with a key, which exists for whom the mask is of."""
    world, alice, _ = two()
    alice.asks(commands.RoomSet(room="dev", name="access", value="invite"), RoomSetDone)
    carol, dave = Voice(world, "carol"), Voice(world, "dave")
    put(alice, "invitation", "car*")
    assert carol.asks(Join(room="dev"), JoinDone).place.room == "dev"
    assert dave.is_refused(Join(room="dev")).code == "no-such-room"


def test_nobody_is_kept_out_by_whom_he_outranks() -> None:
    """Moderators of the room and of the site are spared, as by bans of networks."""
    world, alice, bob = two()
    alice.asks(commands.RoomRole(room="dev", name="bob", role="moderator"), RoomRoleDone)
    put(bob, "ban", "*!*@*")
    assert alice.asks(LINE, SayDone).room == bob.asks(LINE, SayDone).room
    carol = Voice(world, "carol")
    assert carol.is_refused(Join(room="dev")).rule == "ban"
    grant(world, carol.session.me.account, "moderator")
    assert carol.joins("dev").asks(LINE, SayDone).room == "dev"


# Orders that are of a mask, and masks that are of an account.


def test_a_ban_of_a_mask(town: Town) -> None:
    """As people type it: for so long, with a reason; it is listed, lifted and taken back like any other."""
    done = write(town, town.maude, Ban(room="lobby", target="*!*@guest/*", ms=DAY * 1000, reason="flood"))
    assert done == BanDone(room="lobby", target="*!*@guest/*", until=BEGINNING + DAY * 1000)
    (shown,) = ask(town, town.maude, Bans(room="lobby")).bans
    assert (shown.target, shown.effect, shown.reason, shown.until) == (
        "*!*@guest/*", "ban", "flood", BEGINNING + DAY * 1000,
    )  # fmt: skip
    write(town, town.maude, Unban(room="lobby", target="*!*@GUEST/*"))
    assert isinstance(refused(town, town.maude, Unban(room="lobby", target="*!*@guest/*")), NoSuchEntry)
    write(town, town.maude, Mute(room="lobby", target="x*"))
    write(town, town.maude, Unmute(room="lobby", target="x*"))
    write(town, town.maude, Mute(room="lobby", target="a:bob"))
    write(town, town.maude, Undo())
    assert [(event.list, event.mask, event.on) for event in town.events()] == [
        ("ban", "*!*@guest/*", True), ("ban", "*!*@GUEST/*", False), ("mute", "x*!*@*", True),
        ("mute", "x*!*@*", False), ("mute", "a:bob", True), ("mute", "a:bob", False),
    ]  # fmt: skip
    assert ask(town, town.maude, Bans(room="lobby")).bans == ()


def test_a_ban_of_a_mask_ends() -> None:
    """When its time is over."""
    world, alice, bob = two()
    alice.asks(Ban(room="dev", target="b?b!*@*", ms=5000), BanDone)
    assert bob.is_refused(LINE).until == world.now() + 5000
    world.pass_time(6)
    assert bob.asks(LINE, SayDone).room == "dev"
    assert alice.asks(Masks(room="dev", list="ban"), MasksDone).masks == ()


def test_a_mask_is_for_a_room(town: Town) -> None:
    """From the site, accounts and networks are banned."""
    for command in (Ban(target="*!*@x"), Mute(target="*!*@x"), Unban(target="*!*@x")):
        assert isinstance(refused(town, town.ada, command), BadArguments)
    assert isinstance(refused(town, town.maude, Ban(room="lobby", target="a b!*")), BadArguments)


def test_an_account_that_is_banned_is_on_the_list(town: Town) -> None:
    """As the mask of its name, which taken off lifts the ban; networks are shown to nobody."""
    write(town, town.maude, Ban(room="lobby", target="bob"))
    write(town, town.maude, Ban(room="lobby", target="x*"))
    write(town, town.maude, Mute(room="lobby", target="sam"))
    town.database.run(
        "INSERT INTO bans (room_id, effect, network, set_by, set_at) VALUES (1, 'ban', '192.0.2.0/24', 'ada', 1)"
    )
    town.events()
    masks = ask(town, town.alice, Masks(room="lobby", list="ban")).masks
    assert [each.mask for each in masks] == ["bob!*@*", "x*!*@*"]
    done = write(town, town.maude, Mask(room="lobby", list="ban", mask="BOB!*@*", on=False))
    assert done == MaskDone(room="lobby", list="ban", mask="BOB!*@*", on=False)
    assert [type(event) for event in town.events()] == [Unbanned]
    assert [each.target for each in ask(town, town.maude, Bans(room="lobby")).bans] == ["192.0.2.0/24", "sam", "x*!*@*"]
    write(town, town.maude, Mask(room="lobby", list="mute", mask="sam!*@*", on=False))
    assert isinstance(refused(town, town.maude, Mask(room="lobby", list="ban", mask="bob!*@*", on=False)), NoSuchEntry)


@pytest.mark.parametrize("count", [0, 3])
def test_masks_cost_no_statement(count: int) -> None:
    """However many there are, as many statements are run for a line."""
    world, alice, bob = two()
    for number in range(count):
        put(alice, "ban", f"x{number}!*@*")
    seen: list[str] = []
    connection = world.database._connection
    connection.set_trace_callback(seen.append)
    bob.asks(LINE, SayDone)
    connection.set_trace_callback(None)
    assert len([each for each in seen if "FROM bans" in each]) == 2


def test_nobody_lifts_his_own_sentence_as_a_mask(town: Town) -> None:
    """An order of an account is lifted by who could give it, however it is written; an exception is none to it."""
    op(town, town.alice, town.bob)
    write(town, town.alice, Mute(room="lobby", target="bob"))
    lift = Mask(room="lobby", list="mute", mask="bob!*@*", on=False)
    assert isinstance(refused(town, town.bob, lift), NotAllowed)
    write(town, town.bob, Mask(room="lobby", list="exception", mask="bob!*@*", on=True))
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="let me")), NotAllowed)
    write(town, town.alice, lift)
    say(town, town.bob, "lobby", "thanks")
