"""The one function that decides who may do what, and says why not."""

from typing import get_args

import pytest

from chatd.core.errors import NotAllowed, NotInRoom
from chatd.core.permissions import Access, Act, Standing, may, not_in_room

ACTS: tuple[Act, ...] = get_args(Act)
ACCESSES: tuple[Access, ...] = get_args(Access)


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("act", ACTS)
def test_a_member_may_do_everything_however_the_room_lets_people_in(act: Act, access: Access) -> None:
    """Who is in, is in."""
    verdict = may(act, Standing("dev", member=True, access=access))
    assert verdict
    verdict.enforce()


@pytest.mark.parametrize("act", [act for act in ACTS if act != "join"])
def test_a_stranger_may_only_join(act: Act) -> None:
    """Whoever is no member is told how to become one."""
    verdict = may(act, Standing("dev", member=False))
    assert not verdict
    with pytest.raises(NotInRoom, match="/join #dev"):
        verdict.enforce()


def test_an_open_room_lets_strangers_in() -> None:
    """Anyone can enter an open room."""
    assert may("join", Standing("dev", member=False, access="open"))


@pytest.mark.parametrize("access", [access for access in ACCESSES if access != "open"])
def test_a_room_that_is_not_open_says_what_keeps_one_out(access: Access) -> None:
    """Whoever is kept out can ask /why and reads the rule."""
    with pytest.raises(NotAllowed) as caught:
        may("join", Standing("ops", member=False, access=access)).enforce()
    assert caught.value.rule == f"access is {access}"
    assert "#ops" in caught.value.why


def test_the_refusal_is_the_same_whether_the_room_exists_or_not() -> None:
    """Nobody finds out by asking which private rooms there are."""
    asked = may("say", Standing("ops", member=False, access="invite")).refusal
    none = not_in_room("ops")
    assert asked is not None
    assert (asked.code, asked.why, asked.rule) == (none.code, none.why, none.rule)
