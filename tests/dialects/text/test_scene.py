"""What a person has in view."""

from datetime import UTC, timedelta, timezone

import pytest

from chatd.core import commands
from chatd.core.errors import NotNow
from chatd.dialects.text.scene import Scene


def test_settings_change_the_view() -> None:
    """What one has set is how one sees."""
    scene = Scene()
    scene.use({"time": "on", "colour": "on", "hold": "on", "zone": "Asia/Tokyo"})
    assert (scene.view.time, scene.view.colour, scene.hold, str(scene.view.zone)) == (True, True, True, "Asia/Tokyo")
    scene.use({"time": "off"})
    assert (scene.view.time, scene.view.colour, scene.hold, scene.view.zone) == (False, False, False, UTC)


def test_whoever_is_called_otherwise_is_the_same() -> None:
    """The reader, or the one with whom the reader talks."""
    scene = Scene()
    scene.me, scene.partner = "gale", "gill"
    scene.rename("bob", "rob")
    assert (scene.me, scene.partner) == ("gale", "gill")
    scene.rename("gale", "storm")
    scene.rename("gill", "jill")
    assert (scene.me, scene.last_partner()) == ("storm", "jill")


def test_without_a_zone_of_ones_own_one_sees_the_servers() -> None:
    """Times are local to the server until one says where one is, and again when one takes that back."""
    here = timezone(timedelta(hours=2))
    scene = Scene(here)
    assert scene.view.zone is here
    scene.use({"zone": "Asia/Tokyo"})
    scene.use({"zone": ""})
    assert scene.view.zone is here


@pytest.mark.parametrize(
    "zone", ["Nowhere/Land", "America", "../../etc/passwd", "/etc/passwd", "\0", "\ud800", "x" * 999]
)
def test_a_zone_that_is_not_known_here_is_none(zone: str) -> None:
    """A server that knows more zones, or none, does not take the clock away."""
    scene = Scene()
    scene.use({"zone": zone, "time": "on"})
    assert (scene.view.zone, scene.view.time) == (UTC, True)


def test_nowhere_and_nobody_are_refused_with_advice() -> None:
    """Whoever talks into no room, or answers nobody, is told what to do."""
    scene = Scene()
    with pytest.raises(NotNow, match="/join #lobby"):
        scene.here()
    with pytest.raises(NotNow, match="/msg NAME"):
        scene.last_partner()
    scene.current, scene.partner = "dev", "bob"
    assert (scene.here(), scene.last_partner()) == ("dev", "bob")


def test_what_is_meant_for_me_and_what_i_do_not_want_to_see() -> None:
    """The bell is off and coming and going is shown, unless one has set it otherwise; so are numbers."""
    scene = Scene()
    scene.use({})
    assert (scene.bell, scene.joins, scene.view.numbers) == (False, True, False)
    scene.use({"bell": "on", "joins": "off", "numbers": "on"})
    assert (scene.bell, scene.joins, scene.view.numbers) == (True, False, True)


def test_a_name_is_mine_in_any_case() -> None:
    """Who is Alice is alice."""
    scene = Scene()
    scene.me = "Alice"
    assert scene.is_me("alice")
    assert not scene.is_me("bob")


def test_pages_are_turned_one_kind_at_a_time() -> None:
    """The next page is that of what was asked last of its kind; a new question has no next page yet."""
    scene = Scene()
    scene.turn(commands.Search, before=5)  # an answer to nothing that was asked
    with pytest.raises(NotNow, match="no more"):
        scene.more(commands.Search)
    asked = scene.asks(commands.Search(words="x"))
    scene.turn(commands.Search, before=5)
    assert scene.more(commands.Search) == commands.Search(words="x", before=5)
    assert scene.more(commands.Search) == commands.Search(words="x", before=5), "a refused page can be asked again"
    with pytest.raises(NotNow):
        scene.more(commands.Audit)
    assert scene.asks(asked) is asked
    with pytest.raises(NotNow):
        scene.more(commands.Search)
