"""Answers in words: none is forgotten, and none moves a cursor."""

import unicodedata
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
import pytest

from chatd.core import events
from chatd.core.events import Answer, MarkDone, MsgDone, SayDone
from chatd.core.events.answer import Answer as Root
from chatd.dialects.text import spoken
from tests.dialects.text.doubles import scene

NASTY = "a\x1b[2J\x07\x9b5n\r\n\u2028\u202eb"
SILENT = {SayDone, MsgDone, MarkDone, events.TagDone, events.RelayDone, events.TargetsDone, events.MetadataDone}
SILENT |= {events.VouchDone}
BY_THE_DIALECT = {"introduce"}  # a question answers it


def kinds(kind: type[Answer]) -> Iterator[type[Answer]]:
    """All kinds of answers that have a tag of their own."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("chatd.") and each.__struct_config__.tag != each.__name__:
            yield each
        yield from kinds(each)


def made_of(shape: Any) -> Any:
    """A value of a type, with nasty text wherever there is text."""
    origin, within = get_origin(shape), get_args(shape)
    if origin in (Union, UnionType):
        return made_of(next(each for each in within if each is not NoneType))
    if origin is tuple:
        return (made_of(within[0]),)
    if origin is dict:
        return {NASTY: NASTY}
    if origin is Literal:
        return within[0]
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        return shape(**{field.name: made_of(field.type) for field in msgspec.structs.fields(shape)})
    return {str: NASTY, int: 2, float: 0.5, bool: True}[shape]


@pytest.mark.parametrize("kind", sorted(set(kinds(Root)), key=str), ids=str)
def test_every_answer_has_words_that_move_no_cursor(kind: type[Answer]) -> None:
    """Whatever text gets into an answer, the only control characters on the screen are line ends."""
    if kind.__struct_config__.tag in BY_THE_DIALECT:
        return
    wire = spoken.words(made_of(kind), scene()).decode()
    assert bool(wire) == (kind not in SILENT)
    for line in wire.split("\r\n"):
        assert not any(unicodedata.category(each) in ("Cc", "Zl", "Zp") or each == "\u202e" for each in line)
