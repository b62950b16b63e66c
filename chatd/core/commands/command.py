"""What all commands have in common, and the shapes of their fields."""

from typing import Annotated

import msgspec

Word = Annotated[str, msgspec.Meta(max_length=128)]
Secret = Annotated[str, msgspec.Meta(max_length=1024)]
Cid = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Span = Annotated[int, msgspec.Meta(ge=0, le=2**43)]
Moment = Annotated[int, msgspec.Meta(ge=0, lt=253_370_764_800_000)]  # before the year 9999, which any calendar has
Page = Annotated[int, msgspec.Meta(ge=1, le=200)]
Recent = Annotated[int, msgspec.Meta(ge=0, le=200)]


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", gc=False):
    """
    One thing that a peer asks.

    @ivar ref: The peer's own mark for this command; the answer carries it back.
    """

    ref: Word | None = None

    def __repr__(self) -> str:
        """The name alone: a command may hold a password or somebody's words, and a repr ends up in logs."""
        return f"<{type(self).__name__}>"
