"""What of a client's capabilities changes how an event is written: those who are alike share one rendering."""

from collections.abc import Callable
from functools import lru_cache, partial

from chatd.core.room import Envelope, Render

Style = frozenset[str]

CAPS: Style = frozenset({
    "message-tags", "server-time", "account-tag", "batch", "draft/multiline", "extended-join", "draft/event-playback",
})  # fmt: skip


@lru_cache(maxsize=256)
def style_of(caps: frozenset[str]) -> Style:
    """The style of whoever has these capabilities in force."""
    return caps & CAPS


@lru_cache(maxsize=1024)
def rendering(write: Callable[[Style, Envelope], bytes], style: Style) -> Render:
    """The one function that writes an event in a style: its identity is what an envelope remembers renderings by."""
    return partial(write, style)
