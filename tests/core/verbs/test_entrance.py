"""Coming and going: what test_session.py does not try of it."""

from collections.abc import Callable
from typing import Any

from chatd.core import commands, events
from chatd.core.commands import Kick, Login, Register, Resume, Say
from chatd.core.errors import Busy, LoginFailed
from chatd.core.events import LoggedIn, Registered, Resumed, SayDone
from chatd.testing import PASSWORD, World
from tests.core.doubles import Voice, alone


class Meddler:
    """An archive before whose first page of history something else happens."""

    def __init__(self, world: World, meddle: Callable[[], object]) -> None:
        self._archive = world.archive
        self._meddle = meddle

    async def ask(self, reader: Any, command: commands.Command) -> Any:
        """Answer, after that."""
        if isinstance(command, commands.History):
            self._meddle()
        return await self._archive.ask(reader, command)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)


class Loaded:
    """An archive that has no time for a page of history."""

    def __init__(self, world: World) -> None:
        self._archive = world.archive

    async def ask(self, reader: Any, command: commands.Command) -> Any:
        """Answer, but not that."""
        if isinstance(command, commands.History):
            raise Busy("Try again in a moment.")
        return await self._archive.ask(reader, command)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)


def loaded(world: World) -> Voice:
    """A connection to a server that has no time for history."""
    voice = Voice(world)
    voice.session.world = world.ports._replace(archive=Loaded(world))
    return voice


def test_a_token_is_given_to_whoever_asks_for_it_and_is_as_good_as_the_password() -> None:
    """With the name in the password's place, or alone; and it is not given unasked."""
    world = alone()
    world.account("alice")
    done = Voice(world).asks(Login(name="alice", password=PASSWORD, remember=True), LoggedIn)
    assert done.token is not None
    assert done.role == "member"
    for proof in (Login(token=done.token), Login(name="ALICE", password=done.token), Resume(token=done.token)):
        voice = Voice(world)
        again = voice.asks(proof, LoggedIn)
        assert (again.name, again.token) == ("alice", None)
        assert voice.session.token_id == 1
    new = Voice(world).asks(Register(name="bob", password=PASSWORD, remember=True), Registered)
    assert new.token not in (None, done.token)


def test_a_worthless_token_costs_a_try_and_is_not_called_a_password() -> None:
    """Whoever comes with a token alone reads what is wrong with it; with a name, what everybody reads."""
    world = alone()
    world.account("alice")
    voice = Voice(world)
    refusal = voice.is_refused(Resume(token="chatd_s_" + "x" * 43))
    assert isinstance(refusal, LoginFailed)
    assert (refusal.why, refusal.tries_left) == ("That token is not known, or worth nothing any more.", 2)
    refusal = voice.is_refused(Login(name="alice", password="chatd_s_" + "x" * 43))
    assert refusal.why == "Wrong name or password."


def test_whoever_is_banned_from_the_site_reads_why_once_proved() -> None:
    """A stranger who guesses learns nothing of it; it costs no try."""
    world = alone()
    root, _ = owner(world), Voice(world, "bob")
    root.asks(commands.Ban(target="bob", reason="spam"), events.BanDone)
    voice = Voice(world)
    assert voice.is_refused(Login(name="bob", password="wrong horse")).code == "login-failed"
    refusal = voice.is_refused(Login(name="bob", password=PASSWORD))
    assert (refusal.code, refusal.rule, refusal.set_by) == ("not-allowed", "ban", "root2")
    assert voice.session.tries_left == 2


def owner(world: World) -> Voice:
    """Somebody who may do everything."""
    number = world.account("root2").id
    world.database.run(f"INSERT INTO account_roles VALUES ({number}, 'owner', 'operator', 0, NULL)")
    return Voice(world, "root2")


def test_whoever_is_kicked_while_coming_back_is_back_all_the_same() -> None:
    """The kick fell between the login and the look at what was missed: the room is gone, the login holds."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    bob.goes()
    alice.asks(Say(room="dev", text="missed"), SayDone)
    back = Voice(world)
    kick: list[object] = []

    def meddle() -> None:
        if not kick:
            kick.append(alice.asks(Kick(room="dev", target="bob"), events.KickDone))

    back.session.world = world.ports._replace(archive=Meddler(world, meddle))
    done = back.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 2}), Resumed)
    assert done.name == "bob"
    assert back.session.me.rooms == {}
    assert not [each for each in back.hears() if isinstance(each, events.Said)]


def test_whoever_is_kicked_while_logging_in_is_in_all_the_same() -> None:
    """The same, for the history that the answer was to bring."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    bob.goes()
    back = Voice(world)
    meddler = Meddler(world, lambda: alice.asks(Kick(room="dev", target="bob"), events.KickDone))
    back.session.world = world.ports._replace(archive=meddler)
    done = back.asks(Login(name="bob", password=PASSWORD, recent=20), LoggedIn)
    assert all(each.recent == () for each in done.rooms)


def test_whoever_is_kicked_while_joining_has_joined() -> None:
    """And hears of both, in that order."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob")
    meddler = Meddler(world, lambda: alice.asks(Kick(room="dev", target="bob"), events.KickDone))
    bob.session.world = world.ports._replace(archive=meddler)
    bob.asks(commands.Join(room="dev", recent=20), events.JoinDone)
    assert [type(each) for each in bob.hears()] == [events.JoinDone, events.Joined, events.Kicked]


def test_whoever_is_in_is_answered_though_there_is_no_time_for_history() -> None:
    """A login, a resumption or a join that was stored is not called refused; what is missing is left out."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    bob.goes()
    alice.asks(Say(room="dev", text="missed"), SayDone)
    (shown,) = loaded(world).asks(Login(name="bob", password=PASSWORD, recent=20), LoggedIn).rooms
    assert (shown.unread, shown.recent) == (1, ())
    voice = loaded(world)
    voice.asks(Login(name="bob", password=PASSWORD), LoggedIn)
    done = voice.asks(commands.Join(room="ops", recent=20), events.JoinDone)
    assert (done.place.room, done.place.recent) == ("ops", ())
    assert set(voice.session.me.rooms) == {"dev", "ops"}


def test_what_there_was_no_time_to_replay_is_a_gap() -> None:
    """A program that resumes does not take it for all that there was."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    bob.goes()
    alice.asks(Say(room="dev", text="missed"), SayDone)
    back = loaded(world)
    done = back.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 2}), Resumed)
    assert back.hears() == [events.Gap(room="dev", after=2, before=4), done]


def test_a_muted_one_goes_without_a_word() -> None:
    """The reason would be read in every room, also where there is no mute; the going itself is told."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev", "ops"), Voice(world, "bob").joins("dev", "ops")
    alice.asks(commands.Mute(room="dev", target="bob"), events.MuteDone)
    alice.hears()
    bob.asks(commands.Quit(reason="you will read this"), events.QuitDone)
    bob.goes()
    assert alice.hears() == [events.Departed(who="bob", at=world.now(), reason="")]
    bob = Voice(world, "bob")
    alice.asks(commands.Unmute(room="dev", target="bob"), events.UnmuteDone)
    alice.hears()
    bob.asks(commands.Quit(reason="good night"), events.QuitDone)
    bob.goes()
    assert alice.hears() == [events.Departed(who="bob", at=world.now(), reason="good night")]


def test_whoever_is_nobody_goes_without_a_word() -> None:
    """There is nobody who would hear it."""
    voice = Voice(alone())
    voice.asks(commands.Quit(reason="bye"), events.QuitDone)
    assert (voice.session.finished, voice.session.reason) == (True, "")


def test_why_tells_who_set_the_rule_and_until_when() -> None:
    """All that the refusal carried."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    alice.asks(commands.Mute(room="dev", target="bob", ms=60_000, reason="hush"), events.MuteDone)
    bob.is_refused(Say(room="dev", text="x"))
    why = bob.asks(commands.Why(), events.WhyDone)
    assert (why.code, why.rule, why.set_by, why.until) == ("not-allowed", "mute", "alice", world.now() + 60_000)
    assert "hush" in why.why


def test_to_be_another_account() -> None:
    """The first one goes from its rooms, and the session is the other one, wherever that is."""
    world = alone()
    carol, bob = Voice(world, "carol").joins("dev"), Voice(world, "bob").joins("tea")
    voice = Voice(world, "alice").joins("dev")
    carol.hears()
    done = voice.asks(commands.Switch(name="bob", password=PASSWORD), events.SwitchDone)
    assert (done.name, [shown.room for shown in done.rooms]) == ("bob", ["tea"])
    assert carol.hears() == [events.Departed(who="alice", at=world.now(), reason="logged in as bob")]
    assert voice.session.me is bob.session.me
    assert len(voice.session.me.sessions) == 2
    assert world.hub.here("alice") is None
    assert [each.name for each in world.hub.past] == ["alice"]


def test_one_of_two_sessions_becomes_another_account() -> None:
    """The account that it was is here still."""
    world = alone()
    desk, phone = Voice(world, "alice"), Voice(world, "alice")
    world.account("bob")
    phone.asks(commands.Switch(name="bob", password=PASSWORD), events.SwitchDone)
    assert desk.session.me.sessions == (desk.session,)
    assert world.hub.strangers == 0


def test_to_be_the_same_account_again() -> None:
    """It is proved, and nobody hears of it."""
    world = alone()
    bob, voice = Voice(world, "bob").joins("dev"), Voice(world, "alice").joins("dev")
    bob.hears()
    number = voice.session.number
    voice.asks(commands.Switch(name="alice", password=PASSWORD), events.SwitchDone)
    assert bob.hears() == []
    assert (voice.session.me.sessions, voice.session.number) == ((voice.session,), number)


def test_who_cannot_prove_it_stays_whoever_it_is() -> None:
    """With all that it had."""
    world = alone()
    bob, voice = Voice(world, "bob").joins("dev"), Voice(world, "alice").joins("dev")
    bob.hears()
    assert isinstance(voice.is_refused(commands.Switch(name="bob", password="wrong")), LoginFailed)
    assert voice.session.me.account.name == "alice"
    assert bob.hears() == []


def test_how_many_are_nobody() -> None:
    """Sessions count from their beginning to their end, or until they are somebody."""
    world = alone()
    hub = world.hub
    one, two = Voice(world), Voice(world)
    assert (hub.strangers, hub.most) == (2, 0)
    world.account("alice")
    one.asks(Login(name="alice", password=PASSWORD), LoggedIn)
    assert (hub.strangers, hub.most) == (1, 1)
    one.goes()
    one.goes()
    two.goes()
    assert (hub.strangers, hub.most) == (0, 1)
