"""
No way around: a sentence is not evaded by another session, another letter case, a twin of the name or another way in,
and it is no way around the ranks either.
"""

import pytest

from chatd.core import events
from chatd.core.commands import Ban, Join, Leave, Login, Mute, Register, Resume, RoomRole, Say, Unban, Unmute
from chatd.core.events import BanDone, LoggedIn, MuteDone, Registered, SayDone
from chatd.testing import PASSWORD, World
from tests.core.doubles import Voice, alone

ELSEWHERE = "203.0.113.9"


def three() -> tuple[World, Voice, Voice, Voice]:
    """A room with its owner alice, its moderator bob, who is elsewhere, and a member, carol, with two devices."""
    world = alone()
    alice = Voice(world, "alice").joins("dev")
    bob = Voice(world, "bob", address=ELSEWHERE).joins("dev")
    carol = Voice(world, "carol", address="198.51.100.7").joins("dev")
    alice.asks(RoomRole(room="dev", name="bob", role="moderator"), events.RoomRoleDone)
    for voice in (alice, bob, carol):
        voice.hears()
    return world, alice, bob, carol


def with_role(world: World, name: str, role: str, address: str = "192.0.2.1") -> Voice:
    """Somebody with a role on the site."""
    number = world.account(name).id
    world.database.run(f"INSERT INTO account_roles VALUES ({number}, '{role}', 'operator', 0, NULL)")
    return Voice(world, name, address=address)


def test_a_ban_holds_for_every_session_and_every_spelling() -> None:
    """However the name was typed, however the banned one comes in."""
    world, _, bob, carol = three()
    bob.asks(Ban(room="#DEV", target="CAROL"), BanDone)
    phone = Voice(world, "Carol", address="192.0.2.77")
    for voice in (carol, phone):
        assert voice.is_refused(Join(room="Dev")).rule == "ban"
        assert voice.is_refused(Say(room="DEV", text="x")).code in ("not-in-room", "not-now")
    assert Voice(world).is_refused(Register(name="CAR0L", password=PASSWORD)).code == "name-taken"
    assert bob.asks(Unban(room="dev", target="cArOl"), events.UnbanDone).target == "carol"
    phone.joins("dev")


def test_a_mute_holds_in_what_comes_later_too() -> None:
    """To leave and to come back, or to come with another device, gives no voice."""
    world, _, bob, carol = three()
    bob.asks(Mute(room="dev", target="carol"), MuteDone)
    phone = Voice(world, "carol")
    assert [voice.is_refused(Say(room="dev", text="x")).rule for voice in (carol, phone)] == ["mute", "mute"]
    carol.asks(Leave(room="dev"), events.LeaveDone)
    carol.joins("dev")
    assert carol.is_refused(Say(room="dev", text="x")).rule == "mute"


def test_a_ban_from_the_site_ends_every_session_and_every_way_in() -> None:
    """Password, token and resumption are refused with the reason, and the memberships are none of its business."""
    world, _, _, carol = three()
    token = Voice(world).asks(Login(name="carol", password=PASSWORD, remember=True), LoggedIn).token
    assert token is not None
    ada = with_role(world, "ada", "admin")
    ada.asks(Ban(target="carol", reason="spam"), BanDone)
    assert "spam" in carol.ended[0].why
    assert carol.ended[0].closes
    for proof in (Login(name="carol", password=PASSWORD), Login(token=token), Resume(token=token, seen={"dev": 1})):
        assert Voice(world).is_refused(proof).rule == "ban"
    world.pass_time(86_400)
    done = Voice(world).asks(Login(name="carol", password=PASSWORD), LoggedIn)
    assert [each.room for each in done.rooms] == ["dev"]


def test_a_banned_network_lets_nobody_in() -> None:
    """Neither an account nor a stranger who would make one, in whatever notation the address comes."""
    world, _, _, carol = three()
    ada = with_role(world, "ada", "admin")
    ada.asks(Ban(target="198.51.100.0/24"), BanDone)
    assert [each.rule for each in carol.ended] == ["ban"]
    for address in ("198.51.100.8", "::ffff:198.51.100.9"):
        assert Voice(world, address=address).is_refused(Login(name="carol", password=PASSWORD)).rule == "ban"
        stranger = Voice(world, address=address)
        assert stranger.is_refused(Register(name="dan", password=PASSWORD)).rule == "ban"
    Voice(world, address="198.51.101.1").asks(Register(name="dan", password=PASSWORD), Registered)


def test_a_network_that_is_banned_from_a_room() -> None:
    """Who was last seen there is put out; who comes from there does not enter; who is elsewhere does."""
    world, _, _, carol = three()
    with_role(world, "ada", "admin").asks(Ban(room="dev", target="198.51.100.0/24"), BanDone)
    assert carol.session.me.rooms == {}
    assert carol.is_refused(Join(room="dev")).rule == "ban"
    Voice(world, "carol", address="192.0.2.50").joins("dev")


@pytest.mark.parametrize("make", [Ban, Mute, Unban, Unmute])
@pytest.mark.parametrize("target", ["198.51.100.0/24", "198.51.100.7", "::ffff:198.51.100.7"])
def test_who_is_in_a_network_is_not_found_out_with_power_in_a_room(
    make: type[Ban | Mute | Unban | Unmute], target: str
) -> None:
    """Whoever would be put out shows where he is: neither an owner of the room nor a moderator of the site may that."""
    world, alice, _, carol = three()
    sam = with_role(world, "sam", "moderator").joins("dev")
    carol.hears()
    for voice in (alice, sam):
        refusal = voice.is_refused(make(room="dev", target=target))
        assert (refusal.code, str(refusal.rule)[-24:]) == ("not-allowed", "permission ban-from-site")
    assert carol.hears() == []
    assert set(carol.session.me.rooms) == {"dev"}
    carol.asks(Say(room="dev", text="still here"), SayDone)


@pytest.mark.parametrize("make", [Ban, Mute])
def test_a_network_is_no_way_to_act_against_whom_one_does_not_outrank(make: type[Ban | Mute]) -> None:
    """An admin who orders something against a network does not silence the owner of the server who is there."""
    world, alice, bob, _ = three()
    root, ada = with_role(world, "root2", "owner").joins("dev"), with_role(world, "ada", "admin", ELSEWHERE)
    assert bob.is_refused(make(room="dev", target="192.0.2.0/24")).code == "not-allowed"
    alice.asks(Say(room="dev", text="still here"), SayDone)
    ada.asks(make(room="dev", target="192.0.2.0/24"), BanDone if make is Ban else MuteDone)
    root.asks(Say(room="dev", text="still here"), SayDone)


def test_a_network_is_no_way_to_put_the_owner_of_the_server_out() -> None:
    """An admin who bans the network of the owner bans the others there."""
    world, _, _, _ = three()
    root, ada = with_role(world, "root2", "owner"), with_role(world, "ada", "admin", ELSEWHERE)
    ada.asks(Ban(target="192.0.2.0/24"), BanDone)
    assert root.ended == []
