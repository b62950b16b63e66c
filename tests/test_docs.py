"""Whoever reads the documents reads the truth: every command, field, code, option and limit is there, and decodes."""

import re
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chatd.core import errors, events
from chatd.core.commands import Command
from chatd.core.errors import ChatError
from chatd.core.events import Answer, Event
from chatd.core.session import Phase
from chatd.core.settings.limits import Limits
from chatd.dialects.jsonl import JsonDialect, Refused
from chatd.dialects.text.grammar import TABLE, Usage
from chatd.tap import Options

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
USER_GUIDE = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
OPERATOR_GUIDE = (ROOT / "docs" / "operator-guide.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def tagged(kind: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """All types of chatd below C{kind} that appear on the wire: those with a tag of their own."""
    below = [leaf for each in kind.__subclasses__() for leaf in tagged(each)]
    is_ours = kind.__module__.startswith("chatd.") and tag_of(kind) != kind.__name__
    return [kind, *below] if is_ours else below


def tag_of(kind: type[msgspec.Struct]) -> str:
    """The word on the wire."""
    return str(kind.__struct_config__.tag)


def keys_of(kind: type[msgspec.Struct]) -> set[str]:
    """The keys on the wire."""
    return {field.encode_name for field in msgspec.structs.fields(kind)}


COMMANDS, ANSWERS, EVENTS = tagged(Command), tagged(Answer), tagged(Event)
REFUSALS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, ChatError) and "code" in vars(each)
]

decode_answer = msgspec.json.Decoder(reduce(or_, ANSWERS)).decode
decode_event = msgspec.json.Decoder(events.AnyEvent).decode
decode_refusal = msgspec.json.Decoder(Refused).decode


def section(tag: str) -> str:
    """What the protocol says of a command, up to the next one."""
    found = re.search(rf"^\*\*{tag}\*\*:? ?.*?(?=^\*\*|^#)", PROTOCOL, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/protocol.md has no paragraph that begins with **{tag}**"
    return found[0]


def examples(mark: str) -> list[str]:
    """The lines of the protocol's examples that a program (C{>}) or the server (C{<}) sends."""
    return re.findall(rf"^{mark} (.+)$", PROTOCOL, re.MULTILINE)


# The protocol.


@pytest.mark.parametrize("kind", COMMANDS, ids=tag_of)
def test_command_is_explained(kind: type[msgspec.Struct]) -> None:
    """Every command has its paragraph, and there every field that it takes."""
    explained = section(tag_of(kind))
    for key in keys_of(kind) - {"ref"}:
        assert f"`{key}`" in explained, f"**{tag_of(kind)}** does not name `{key}`"


@pytest.mark.parametrize("kind", COMMANDS, ids=tag_of)
def test_default_is_explained(kind: type[msgspec.Struct]) -> None:
    """A field that may be left out stands in brackets, with what is meant then; one that may not does not."""
    explained = section(tag_of(kind))
    for field in msgspec.structs.fields(kind):
        if field.name == "ref":
            continue
        told = re.search(rf"\[`{field.encode_name}`=([^]]*)\]", explained)
        assert (told is None) == field.required, f"**{tag_of(kind)}** is wrong on whether `{field.name}` is needed"
        if told is not None:
            default = {} if field.default is msgspec.NODEFAULT else field.default
            assert msgspec.json.decode(told[1]) == default


def test_no_other_command_is_explained() -> None:
    """What is gone from the code is gone from the page."""
    assert set(re.findall(r"^\*\*([a-z-]+)\*\*:", PROTOCOL, re.MULTILINE)) == {tag_of(kind) for kind in COMMANDS}


def test_every_command_has_an_example() -> None:
    """Every command is shown as it is sent."""
    assert {msgspec.json.decode(line)["do"] for line in examples(">")} == {tag_of(kind) for kind in COMMANDS}


def test_every_answer_has_an_example() -> None:
    """Every answer is shown as it comes."""
    told = {msgspec.json.decode(line).get("done") for line in examples("<")}
    assert {tag_of(kind) for kind in ANSWERS} - told == set()


def test_every_event_has_an_example() -> None:
    """Every event is shown as it comes."""
    told = {msgspec.json.decode(line).get("event") for line in examples("<")}
    assert {tag_of(kind) for kind in EVENTS} - told == set()


def test_every_event_is_explained() -> None:
    """The table of events has every event with exactly its fields."""
    told = dict(re.findall(r"^\| `([a-z-]+)` \| ((?:`[a-z_]+`(?:, )?)+) \|", PROTOCOL, re.MULTILINE))
    assert {tag: set(re.findall(r"`(\w+)`", fields)) for tag, fields in told.items()} == {
        tag_of(kind): keys_of(kind) for kind in EVENTS
    }


def test_every_refusal_is_explained() -> None:
    """The tables of refusals have every code that there is, and no other."""
    told = PROTOCOL[PROTOCOL.index("\n## Refusals") :]
    codes = {each.code for each in REFUSALS}
    assert set(re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE)) == codes


def test_every_refusal_that_closes_is_said_to() -> None:
    """The second table of refusals is of those after which the connection ends."""
    told = PROTOCOL[PROTOCOL.index("With these the connection ends:") :]
    closing = {each.code for each in REFUSALS if issubclass(each, errors.Closing)}
    assert set(re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE)) == closing


@pytest.mark.parametrize("line", examples(">"))
def test_command_example_is_understood(line: str) -> None:
    """The server takes what the page says that a program sends, and knows every key of it."""
    command = JsonDialect(line_limit=16384).parse(line.encode(), Phase.CHATTING)
    assert isinstance(command, Command)
    assert set(msgspec.json.decode(line)) - {"do"} <= keys_of(type(command))


@pytest.mark.parametrize("line", examples("<"))
def test_server_example_is_right(line: str) -> None:
    """A program that knows the types understands every line, and each is all that the server would write."""
    told: dict[str, Any] = msgspec.json.decode(line)
    if "done" in told:
        again, beside = decode_answer(line), {"ref"}
    elif "event" in told:
        again, beside = decode_event(line), {"ref", "own"}
    else:
        again, beside = decode_refusal(line), set()
        assert told["code"] in {each.code for each in REFUSALS}
    assert {key: value for key, value in told.items() if key not in beside} == msgspec.json.decode(
        msgspec.json.encode(again)
    )


# The guides.


@pytest.mark.parametrize("usage", TABLE, ids=lambda usage: str(usage.names[0]))
def test_text_command_is_explained(usage: Usage) -> None:
    """The user guide has every command as it is typed, and every other name of it."""
    assert f"`{usage.line}`" in USER_GUIDE
    for name in usage.names[1:]:
        assert f"`/{name}`" in USER_GUIDE


def test_user_guide_explains_refusals() -> None:
    """A person finds the word in brackets in the user guide: every code that a person at a terminal can meet."""
    for each in REFUSALS:
        if each.code not in ("refused", "bad-json", "cid-conflict", "no-such-room", "not-allowed"):
            assert f"`{each.code}`" in USER_GUIDE


def test_every_limit_is_explained() -> None:
    """The operator guide has every limit with its default, and no other."""
    told = dict(re.findall(r"^\| `([a-z-]+)` \| ([\d.]+) \|", OPERATOR_GUIDE, re.MULTILINE))
    limits = {field.encode_name: float(field.default) for field in msgspec.structs.fields(Limits)}
    assert {key: float(value) for key, value in told.items()} == limits


def test_every_option_is_explained() -> None:
    """The operator guide has every option of the command line."""
    options = Options()
    for name in {key.replace("_", "-").rstrip("=") for key in options.longOpt}:
        assert f"`--{name} " in OPERATOR_GUIDE or f"`--{name}`" in OPERATOR_GUIDE, f"--{name} is not explained"


# All of them.


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file or a heading of ours finds it."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
    headings = {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in headings_of(text)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def headings_of(text: str) -> list[str]:
    """The headings of a page."""
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def test_decisions_are_in_order() -> None:
    """Decisions are numbered without a gap, titled with their number, and say context, decision and consequences."""
    for number, page in enumerate(DECISIONS, 1):
        assert page.name.startswith(f"{number:04d}-")
        headings = headings_of(page.read_text(encoding="utf-8"))
        assert headings[0].startswith(f"{number:04d} ")
        assert headings[1:] == ["Context", "Decision", "Consequences"]


def test_readme_has_a_test_command() -> None:
    """The first fenced block after the mark is what .ci/run runs."""
    found = re.search(r"<!-- test command -->\n```\n(.+)\n```", README)
    assert found is not None
    assert found[1].endswith("venv/bin/pytest")
