"""What a person has in view."""

from datetime import UTC, timedelta, timezone

import pytest

from chatd.core.errors import NotNow
from chatd.dialects.text.scene import Scene


def test_settings_change_the_view() -> None:
    """What one has set is how one sees."""
    scene = Scene()
    scene.use({"time": "on", "colour": "on", "hold": "on", "zone": "Asia/Tokyo"})
    assert (scene.view.time, scene.view.colour, scene.hold, str(scene.view.zone)) == (True, True, True, "Asia/Tokyo")
    scene.use({"time": "off"})
    assert (scene.view.time, scene.view.colour, scene.hold, scene.view.zone) == (False, False, False, UTC)


def test_without_a_zone_of_ones_own_one_sees_the_servers() -> None:
    """Times are local to the server until one says where one is, and again when one takes that back."""
    here = timezone(timedelta(hours=2))
    scene = Scene(here)
    assert scene.view.zone is here
    scene.use({"zone": "Asia/Tokyo"})
    scene.use({"zone": ""})
    assert scene.view.zone is here


def test_nowhere_and_nobody_are_refused_with_advice() -> None:
    """Whoever talks into no room, or answers nobody, is told what to do."""
    scene = Scene()
    with pytest.raises(NotNow, match="/join #lobby"):
        scene.here()
    with pytest.raises(NotNow, match="/msg NAME"):
        scene.last_partner()
    scene.current, scene.partner = "dev", "bob"
    assert (scene.here(), scene.last_partner()) == ("dev", "bob")
