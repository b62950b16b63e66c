"""What all answers have in common, and answers that are no more than a yes."""

import msgspec


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="done", gc=False):
    """What a command that was obeyed is answered with."""


class QuitDone(Answer, frozen=True, kw_only=True, tag="quit"):
    """Good-bye: the server closes the connection."""


class Ponged(Answer, frozen=True, kw_only=True, tag="ping"):
    """A sign of life."""

    at: int


class WhyDone(Answer, frozen=True, kw_only=True, tag="why"):
    """The last refusal of this session, with its reasons."""

    code: str
    why: str
    rule: str | None
    set_by: str | None
    until: int | None
