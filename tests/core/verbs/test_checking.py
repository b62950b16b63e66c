"""What a peer wrote, before the store sees it."""

from typing import get_args

import pytest

from chatd.core import commands
from chatd.core.commands import Ban, Command, Kick, Rooms, Say, Topic, Whois
from chatd.core.errors import BadName, BadText, ChatError
from chatd.core.verbs import checking
from chatd.core.verbs.checking import checked

# Commands with names and texts that their verbs check by themselves, or that hold a secret and no name.
BY_THEMSELVES = (
    commands.Introduce, commands.Login, commands.Register, commands.Resume, commands.Quit, commands.Ping, commands.Why,
    commands.Join, commands.Look, commands.Names, commands.Msg, commands.Passwd, commands.Sessions, commands.Logout,
    commands.Set, commands.Away, commands.Erase, commands.Guest, commands.Switch, commands.Vouch, commands.Depose,
)  # fmt: skip


def test_every_other_command_is_checked_here() -> None:
    """A new command must say what each of its fields is."""
    assert set(checking._FIELDS) == set(get_args(commands.Any)) - set(BY_THEMSELVES)


@pytest.mark.parametrize("kind", list(checking._FIELDS), ids=lambda kind: kind.__name__)
def test_every_text_of_a_command_is_checked(kind: type[Command]) -> None:
    """No field that takes any text is passed on as it came."""
    texts = {
        name for name, typed in kind.__annotations__.items() if name in ("room", "name", "target", "text", "reason")
    }
    assert texts <= set(checking._FIELDS[kind]), kind


def test_names_are_folded_and_texts_are_normal() -> None:
    """However it was typed, the store finds it."""
    assert checked(Kick(room="#Dev", target="@BOB")) == Kick(room="dev", target="bob")
    assert checked(Say(room="@Bob", text="cafe\u0301")) == Say(room="@bob", text="caf\u00e9")
    assert checked(Topic(room="DEV")) == Topic(room="dev", text=None)
    assert checked(Topic(room="DEV", text="   ")) == Topic(room="dev", text="")
    assert checked(commands.Audit(about="#Dev")).about == "#dev"
    assert checked(commands.Audit(about="BOB")).about == "bob"
    assert checked(Rooms(pattern="#De")).pattern == "De"
    assert checked(commands.AddAccount(name="Bob")).name == "Bob"


def test_what_is_right_already_is_passed_on_as_it_is() -> None:
    """Commands without names are not copied."""
    asked = commands.Stats(ref="1")
    assert checked(asked) is asked


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (Kick(room="a b", target="bob"), BadName), (Kick(room="dev", target="b b"), BadName),
        (Kick(room="dev", target="bob", reason="\x07"), BadText),
        (Ban(room="dev", target="x\0y"), BadText), (Ban(target="bob", reason="a\u202eb"), BadText),
        (Say(room="dev", text=" "), BadText), (Say(room="dev", text="x", cid="\u2603"), BadText),
        (Whois(name="#dev"), BadName), (commands.RoomSet(room="dev", name="key", value="\x1b"), BadText),
        (commands.Announce(text="x" * 2001), BadText), (commands.MakeToken(label=""), BadText),
        (commands.Suspend(name="bob", reason="\x9b"), BadText), (commands.Audit(about="a b"), BadName),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_refused(command: Command, kind: type[ChatError]) -> None:
    """The first field that is not as it should be."""
    with pytest.raises(kind):
        checked(command)
