"""
The table: role on the site x kind of room x how one stands to it x every command, on both faces.

What should come of it is computed by the oracle of L{tests.authority.law}, which was written from the words of the
design. The JSON face is compared with it, the text face gives the same: the same code in brackets, or no refusal. And
whatever is refused has stored nothing.
"""

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple, get_args

import pytest

from chatd.core import commands
from chatd.testing import PASSWORD
from tests.authority import law
from tests.authority.law import DONE, NO, Case
from tests.authority.village import KEY, NOWHERE, ROLES, SITUATIONS, Village

NETWORK = "203.0.113.0/24"


class Row(NamedTuple):
    """
    One command in a room.

    @ivar do: The JSON command; C{ROOM} in it stands for the room.
    @ivar text: What one types for it, with the room in view; nothing where people have no such command.
    @ivar due: What should come of it.
    """

    do: dict[str, object]
    text: str
    due: Callable[[Case], str]


def row(do: str, text: str, due: Callable[[Case], str], /, **fields: object) -> Row:
    return Row({"do": do, **fields}, text, due)


IN_ROOMS: tuple[Row, ...] = (
    row("join", "/join #ROOM", law.join, room="ROOM"),
    row("join", f"/join #ROOM {KEY}", lambda case: law.join(case, True), room="ROOM", key=KEY),
    row("join", "/join #ROOM wrong", lambda case: law.join(case, False), room="ROOM", key="wrong"),
    row("leave", "/leave #ROOM", law.as_member, room="ROOM"),
    row("look", "/room #ROOM", law.as_member, room="ROOM", recent=20),
    row("names", "/names #ROOM", law.as_member, room="ROOM"),
    row("topic", "/topic", law.as_member, room="ROOM"),
    row("topic", "/topic Paper", law.describe, room="ROOM", text="Paper"),
    row("say", "hello", law.say, room="ROOM", text="hello"),
    row("say", "/me waves", law.say, room="ROOM", text="waves", kind="action"),
    row("say", "", law.say, room="ROOM", text="hello\nthere", kind="notice", tags={"+a": "b"}),
    row("relay", "", law.say, to="ROOM", text="hello"),
    row("relay", "", law.say, to="ROOM", kind="tag", tags={"+typing": "active"}, least="moderator"),
    row("tag", "", law.say, room="ROOM", tags={"+draft/react": "x"}),
    row("edit", "/edit hello", law.correct, room="ROOM", text="hello"),
    row("delete", "/delete", law.take_own_back, room="ROOM"),
    row("delete", "/delete bob", lambda case: law.take_back(case, "bob"), room="ROOM", name="bob"),
    row("delete", "/delete sam", lambda case: law.take_back(case, "sam"), room="ROOM", name="sam"),
    row("delete", "/delete oscar", lambda case: law.take_back(case, "oscar"), room="ROOM", name="oscar"),
    row("history", "/history #ROOM", law.as_member, room="ROOM"),
    row("search", "/search paper in:#ROOM", law.as_member, words="paper", room="ROOM"),
    row("mark", "", law.as_member, room="ROOM", seq=3),
    row("mark", "", law.as_member, room="ROOM", at=3),
    row("mark", "", law.as_member, room="ROOM"),
    row("invite", "/invite vic #ROOM", lambda case: law.ask_in(case, "vic"), room="ROOM", name="vic"),
    row("invite", "/invite bob #ROOM", lambda case: law.ask_in(case, "bob"), room="ROOM", name="bob"),
    row("room-set", "/roomset #ROOM", law.as_member, room="ROOM"),
    row("room-set", "/roomset #ROOM listed on", lambda case: law.with_power(case, case.owns),
        room="ROOM", name="listed", value="on"),
    row("room-set", "/roomset #ROOM key Other", lambda case: law.with_power(case, case.owns),
        room="ROOM", name="key", value="Other"),
    row("room-role", "/voice bob #ROOM", lambda case: law.give_role(case, "bob", "voice"),
        room="ROOM", name="bob", role="voice"),
    row("room-role", "/deop bob #ROOM", lambda case: law.give_role(case, "bob", "member"),
        room="ROOM", name="bob", role="member"),
    row("room-role", "/op bob #ROOM", lambda case: law.give_role(case, "bob", "moderator"),
        room="ROOM", name="bob", role="moderator"),
    row("room-role", "/op bob owner #ROOM", lambda case: law.give_role(case, "bob", "owner"),
        room="ROOM", name="bob", role="owner"),
    row("room-role", "/deop oscar #ROOM", lambda case: law.give_role(case, "oscar", "member"),
        room="ROOM", name="oscar", role="member"),
    row("room-role", "/voice vic #ROOM", lambda case: law.give_role(case, "vic", "voice"),
        room="ROOM", name="vic", role="voice"),
    *(row("room-role", "", law.step_down, room="ROOM", name="alex", role=role, on=False)
      for role in ("voice", "moderator", "owner")),
    row("room-role", "", lambda case: law.give_role(case, "bob", "voice"),
        room="ROOM", name="bob", role="voice", on=True),
    row("room-role", "", lambda case: law.give_role(case, "bob", "moderator"),
        room="ROOM", name="bob", role="moderator", on=False),
    *(row("kick", f"/kick #ROOM {who}", lambda case, who=who: law.kick(case, who),  # type: ignore[misc]
          room="ROOM", target=who) for who in ("bob", "oscar", "sam", "vic", "gus", "alex")),
    *(row(what, f"/{what} #ROOM {who}", lambda case, who=who: law.order(case, who),  # type: ignore[misc]
          room="ROOM", target=who) for what in ("ban", "mute") for who in ("bob", "oscar", "sam", "vic", "gus")),
    *(row(what, f"/{what} #ROOM {network}", law.order_network, room="ROOM", target=network)
      for what in ("ban", "mute") for network in (NETWORK, "203.0.113.7")),
    *(row(what, f"/{what} #ROOM {NETWORK}", lambda case: "no-such-entry"  # nothing of the kind is in force
          if law.order_network(case) == DONE else law.order_network(case), room="ROOM", target=NETWORK)
      for what in ("unban", "unmute")),
    row("unban", "/unban #ROOM ben", lambda case: law.lift(case, "ben", True), room="ROOM", target="ben"),
    row("unban", "/unban #ROOM bob", lambda case: law.lift(case, "bob", False), room="ROOM", target="bob"),
    row("unmute", "/unmute #ROOM mia", lambda case: law.lift(case, "mia", True), room="ROOM", target="mia"),
    row("unmute", "/unmute #ROOM bob", lambda case: law.lift(case, "bob", False), room="ROOM", target="bob"),
    row("bans", "/bans #ROOM", lambda case: law.with_power(case, case.moderates), room="ROOM"),
    row("mask", "", lambda case: law.with_power(case, case.moderates), room="ROOM", list="exception", mask="x!*@*"),
    *(row(what, f"/{what} #ROOM x!*@*", lambda case: law.with_power(case, case.moderates), room="ROOM", target="x!*@*")
      for what in ("ban", "mute")),
    row("unban", "/unban #ROOM x!*@*", lambda case: "no-such-entry"
        if law.with_power(case, case.moderates) == DONE else law.with_power(case, case.moderates),
        room="ROOM", target="x!*@*"),
    row("mask", "", lambda case: law.with_power(case, case.moderates),
        room="ROOM", list="ban", mask="ben!*@*", on=False),
    row("masks", "", law.as_member, room="ROOM", list="ban"),
    row("masks", "", lambda case: law.with_power(case, case.moderates), room="ROOM", list="invitation"),
    row("rename-room", "/roomset #ROOM name Elsewhere", law.rename, room="ROOM", name="Elsewhere"),
    row("rename-room", "/roomset #ROOM name open.owner", lambda case: law.rename(case, "open.owner"),
        room="ROOM", name="open.owner"),
    row("peek", "", law.peek, room="ROOM"),
    row("metadata", "", law.see, target="ROOM"),
    row("metadata", "", law.see, target="ROOM", act="sync"),
    row("metadata", "", law.describe_to_programs, target="ROOM", act="set", key="url", value="x"),
    row("metadata", "", lambda case: law.with_power(case, case.owns), target="ROOM", act="clear"),
    row("purge-room", "", law.purge, room="ROOM"),
    row("audit", "/audit #ROOM", lambda case: law.permitted(case.role, "read-audit"), about="#ROOM"),
)  # fmt: skip


class Act(NamedTuple):
    """One command that has nothing to do with a room, and what should come of it for a role on the site."""

    do: dict[str, object]
    text: str
    due: Callable[[str], str]


def act(do: str, text: str, due: Callable[[str], str] | str, /, **fields: object) -> Act:
    return Act({"do": do} | fields, text, due if callable(due) else lambda role: due)


def needs(permission: str) -> Callable[[str], str]:
    return lambda role: law.permitted(role, permission)


def against(permission: str, whom: str) -> Callable[[str], str]:
    return lambda role: law.over(role, permission, whom)


def then(first: Callable[[str], str], otherwise: str) -> Callable[[str], str]:
    """Refused for want of power, or else for want of something else."""
    return lambda role: otherwise if first(role) == DONE else first(role)


def granting(whom: str, role: str) -> Callable[[str], str]:
    return lambda mine: law.grant(mine, whom, role)


TARGETS = ("bob", "sam", "ada", "root2", "gus")

ON_SITE: tuple[Act, ...] = (
    act("introduce", "", "not-now", name="bob"),
    act("login", "/login bob", "not-now", name="bob", password=PASSWORD),
    act("register", "/register bob", "not-now", name="carol", password=PASSWORD),
    act("resume", "", "not-now", token="x"),
    act("guest", "", "not-now", name="new"),
    act("vouch", "", "not-now", gateway="x", password=PASSWORD, address="192.0.2.1"),
    act("rename", "", NO, name="new"),
    act("profile", "", DONE, user="al"),
    act("operate", "", lambda role: NO, name="bob", password=PASSWORD),
    act("operate", "", DONE, name="ada", password=PASSWORD),
    act("depose", "", DONE),
    *(act("expel", "", against("ban-from-site", who), name=who) for who in TARGETS),
    act("expel", "", then(needs("ban-from-site"), "no-such-account"), name="nobody2"),
    act("ping", "/ping", DONE),
    act("why", "/why", DONE),
    act("rooms", "/rooms", DONE),
    act("whois", "/whois bob", DONE, name="bob"),
    act("whois", "/whois nobody2", "no-such-account", name="nobody2"),
    act("msg", "/msg bob hi", needs("direct"), to="bob", text="hi"),
    act("msg", "/msg alex hi", needs("direct"), to="alex", text="hi"),
    act("msg", "/msg nobody2 hi", "no-such-account", to="nobody2", text="hi"),
    act("say", "", needs("direct"), room="@bob", text="hi"),
    act("unread", "", DONE),
    act("catchup", "/catchup", DONE),
    act("search", "/search paper", DONE, words="paper"),
    act("targets", "", DONE),
    act("relay", "", needs("direct"), to="@bob", text="hi"),
    act("tag", "", needs("direct"), room="@bob", tags={"+a": "b"}),
    act("relay", "", "no-such-account", to="@nobody2", text="hi"),
    act("metadata", "", DONE, target="@bob"),
    act("metadata", "", "no-such-account", target="@nobody2"),
    act("metadata", "", NO, target="@alex", act="set", key="url", value="x"),  # muted in some rooms, as with away
    act("metadata", "", DONE, target="@alex", act="clear"),
    *(act("metadata", "", against("manage-accounts", who), target=f"@{who}", act="clear") for who in TARGETS),
    act("history", "/history @bob", DONE, room="@bob"),
    act("set", "/set hold off", DONE, name="hold", value="off"),
    act("set", "/set", DONE),
    act("away", "/away lunch", NO, text="lunch"),  # alex is muted in some of the rooms, and the reason is told in all
    act("away", "/back", DONE),
    act("ignore", "/ignore bob", DONE, name="bob"),
    act("ignore", "/ignore alex", NO, name="alex"),
    act("ignore", "/ignore", DONE),
    act("unignore", "/unignore bob", DONE, name="bob"),
    act("sessions", "/sessions", DONE),
    act("logout", "/logout 999", "no-such-entry", which=999),
    act("make-token", "/token new laptop", DONE, label="laptop"),
    act("tokens", "/token list", DONE),
    act("add-certificate", "/cert laptop", NO, label="laptop"),  # nobody has shown one
    act("revoke-token", "/token revoke 999", "no-such-entry", number=999),
    act("export", "/export", DONE),
    act("claim", "/claim c055-v3me-n47q-6sav", "no-such-entry", code="c055-v3me-n47q-6sav"),
    act("passwd", f"/passwd\n{PASSWORD}\nshort\nshort", "bad-password", old=PASSWORD, new="short"),
    act("undo", "/undo", "no-such-entry"),
    act("announce", "/announce Hello", needs("announce"), text="Hello"),
    act("add-account", "/user add carol", needs("manage-accounts"), name="carol"),
    act("add-account", "/user add bob", then(needs("manage-accounts"), "name-taken"), name="bob"),
    act("accounts", "/user list", needs("manage-accounts")),
    act("restore", "/user restore sue", needs("manage-accounts"), name="sue"),
    act("restore", "/user restore bob", then(needs("manage-accounts"), "no-such-entry"), name="bob"),
    *(act("suspend", f"/user suspend {who}", against("manage-accounts", who), name=who) for who in TARGETS),
    *(act("reset-password", f"/user reset {who}", against("manage-accounts", who), name=who) for who in TARGETS),
    *(act("rename-account", f"/user rename {who} {who.upper()}", against("manage-accounts", who),
          name=who, shown=who.upper()) for who in TARGETS),
    *(act("grant-role", f"/user role {who} {role}", granting(who, role), name=who, role=role)
      for who in TARGETS for role in ROLES),
    *(act("tokens", "", needs("manage-accounts"), account=who) for who in TARGETS),
    *(act("revoke-token", "", then(against("manage-accounts", who), "no-such-entry"), account=who, number=999)
      for who in TARGETS),
    act("make-invitation", "/invitation new carol", needs("invite-to-site"), label="carol"),
    *(act("make-invitation", "", lambda mine, role=role: DONE  # type: ignore[misc]
          if law.permitted(mine, "invite-to-site") == DONE and law.RANK[role] < law.RANK[mine] else NO, role=role)
      for role in ROLES),
    act("invitations", "/invitation list", needs("invite-to-site")),
    act("revoke-invitation", "/invitation revoke 99", then(needs("invite-to-site"), "no-such-entry"), number=99),
    act("audit", "/audit", needs("read-audit")),
    act("stats", "/stats", needs("run-server")),
    act("reload", "/reload", needs("run-server")),
    act("shutdown", "/shutdown now", needs("run-server")),
    *(act(what, f"/{what} site {who}", against("ban-from-site", who), target=who)
      for what in ("ban", "mute") for who in TARGETS),
    act("ban", f"/ban site {NETWORK}", needs("ban-from-site"), target=NETWORK),
    act("unban", "/unban site bob", then(needs("ban-from-site"), "no-such-entry"), target="bob"),
    act("unmute", "/unmute site bob", then(needs("ban-from-site"), "no-such-entry"), target="bob"),
    act("bans", "/bans site", needs("ban-from-site")),
)  # fmt: skip

ENDING: tuple[Act, ...] = (
    act("passwd", f"/passwd\n{PASSWORD}\nanother horse\nanother horse", DONE, old=PASSWORD, new="another horse"),
    act("logout", "/logout all", DONE, which="all"),
    act("quit", "/quit", DONE),
    act("logout", "/logout", DONE),
    act("erase", f"/erase me\n{PASSWORD}", DONE, password=PASSWORD),
)

# Alex becomes somebody else, and may do what that one may.
SWITCHING: tuple[Act, ...] = (
    act("switch", "", DONE, name="alex", password=PASSWORD),
    *(act("switch", "", DONE, name=who, password=PASSWORD) for who in TARGETS),
)


def on_json(village: Village, command: dict[str, object]) -> str:
    """The outcome for a program: C{done}, or the code."""
    shown = village.asks(village.program, json.dumps(command).encode()).splitlines()
    (answer,) = [each for each in map(json.loads, shown) if "event" not in each]
    if "refused" in answer:
        assert answer["refused"] == command["do"]
        return str(answer["code"])
    assert answer["done"] == command["do"]
    return DONE


def on_text(village: Village, typed: str) -> str:
    """The same for a person: the code in brackets of the last line, or C{done} where nothing is refused."""
    shown = village.asks(village.person, *typed.encode().split(b"\n")).decode(errors="replace")
    refusals = [line for line in shown.split("\r\n") if "-- error: " in line]
    if not refusals:
        return DONE
    assert len(refusals) == 1, shown
    return refusals[0].rpartition("[")[2].removesuffix("]")


def outcomes(village: Village, do: dict[str, object], typed: str) -> Iterator[tuple[str, str]]:
    """What comes of a command on each face that has it; what is refused has stored nothing."""
    for face in ("json", "text") if typed else ("json",):
        outcome = on_json(village, do) if face == "json" else on_text(village, typed)
        has_stored = village.put_back()
        assert outcome == DONE or not has_stored, f"{do} was refused on {face}, and something was stored"
        yield face, outcome


@pytest.mark.parametrize(("role", "muted"), [*((role, False) for role in ROLES), ("member", True), ("admin", True)])
def test_the_table_of_rooms(role: str, muted: bool) -> None:
    """In every situation every command does what the words say, on both faces alike."""
    village = Village(role, muted)
    wrong = []
    for situation in SITUATIONS:
        case = Case(role, *situation, muted)
        village.goes_to(situation.room)
        for do, typed, due in IN_ROOMS:
            if muted and do["do"] not in ("say", "relay", "tag", "edit", "topic", "delete", "kick", "join"):
                continue
            asked = {
                name: value.replace("ROOM", situation.room) if isinstance(value, str) else value
                for name, value in do.items()
            }
            expected = due(case)
            for face, outcome in outcomes(village, asked, typed.replace("ROOM", situation.room)):
                if outcome != expected:
                    wrong.append(f"{case} {asked} on {face}: {outcome}, and not {expected}")
            village.goes_to(situation.room)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_the_table_of_the_site(role: str) -> None:
    """What has nothing to do with a room depends on the role alone, however one stands to whatever room there is."""
    village = Village(role)
    village.goes_to("open.member")
    wrong = []
    for do, typed, due in ON_SITE:
        expected = due(role)
        for face, outcome in outcomes(village, do, typed):
            if outcome != expected:
                wrong.append(f"{role} {do} on {face}: {outcome}, and not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_whoever_ends_is_gone(role: str) -> None:
    """Anybody may end the session or the account: there is another owner here."""
    village = Village(role)
    for do, typed, due in ENDING:
        for face, outcome in outcomes(village, do, typed):
            assert outcome == due(role)
            mine, other = (village.program, village.person)[:: 1 if face == "json" else -1]
            is_of_others = do["do"] == "passwd" or do.get("which") == "all"
            assert (other if is_of_others else mine).is_closed
            village.comes_back()


@pytest.mark.parametrize("role", ROLES)
def test_whoever_switches_has_the_role_of_the_other(role: str) -> None:
    """And no more that of before, whichever of them was the higher one."""
    village = Village(role)
    for do, typed, due in SWITCHING:
        assert [outcome for _, outcome in outcomes(village, do, typed)] == [due(role)]
        name = str(do["name"])
        has = role if name == "alex" else law.OTHERS[name][0]
        for asked, permission in (("accounts", "manage-accounts"), ("stats", "run-server"), ("audit", "read-audit")):
            (first, *_) = outcomes(village, {"do": asked}, "")
            assert first == ("json", law.permitted(has, permission)), (name, asked)
        village.comes_back()


@pytest.mark.parametrize("role", ["guest", "member"])
def test_a_mute_on_the_site_is_one_in_conversations(role: str) -> None:
    """Who is muted there writes to nobody."""
    village = Village(role, muted=True)
    assert [outcome for _, outcome in outcomes(village, {"do": "msg", "to": "bob", "text": "x"}, "/msg bob x")] == [
        NO
    ] * 2


def test_the_table_holds_every_command() -> None:
    """A new command must be put into the table."""
    tried = {str(do["do"]) for rows in (IN_ROOMS, ON_SITE, ENDING, SWITCHING) for do, _, _ in rows}
    assert tried == {str(kind.__struct_config__.tag) for kind in get_args(commands.Any)}
    assert SITUATIONS[-1].room == NOWHERE
