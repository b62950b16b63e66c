"""Lines of the model as rows of a screen: coloured, wrapped, with the days between them."""

from collections.abc import Iterator
from datetime import tzinfo

from prompt_toolkit.utils import get_cwidth

from chatd.client.model.picture.line import Line
from chatd.client.model.picture.shown import clock, colour_number, text_of

Fragment = tuple[str, str]
Row = list[Fragment]

# Readable on black and on white; without red and yellow, which mean something here.
_COLOURS = (
    "#5f87d7", "#00a7a7", "#5faf5f", "#af5faf", "#8787d7", "#d7875f", "#5fafaf", "#af87d7", "#87875f", "#d75f87",
    "#0087af", "#00af5f",
)  # fmt: skip
_STAMP = 6
_NARROW = 30
_NARROWEST = 8


def name_style(name: str) -> str:
    """The style of a name, the same every time."""
    return f"fg:{_COLOURS[colour_number(name, len(_COLOURS))]}"


def fragments(line: Line) -> Row:
    """A line, without its time."""
    name = ("class:mention", line.who) if line.mention else (name_style(line.who), line.who)
    said = _said_style(line)
    match line.kind:
        case "text":
            shown: Row = [name, ("", ": "), (said, text_of(line))]
        case "action":
            shown = [(said, "* "), name, (said, f" {text_of(line)}")]
        case "notice":
            shown = [(said, "-"), name, (said, f"- {text_of(line)}")]
        case "event":
            shown = [("class:event", f"** {line.text}")]
        case _:
            shown = [(f"class:{line.kind}", line.text)]
    if line.state == "pending":
        shown.append(("class:pending", " (on its way)"))
    elif line.state == "failed":
        shown.append(("class:error", " (not sent)"))
    return shown


def rows(line: Line, width: int, zone: tzinfo) -> list[Row]:
    """A line with its time, as rows of at most so many columns."""
    stamp = f"{clock(line.at, zone)} " if line.kind not in ("note", "error") else " " * _STAMP
    if width < _NARROW:
        return [row for each in _split([("class:time", stamp), *fragments(line)]) for row in wrapped(each, width, 0)]
    inner = [row for each in _split(fragments(line)) for row in wrapped(each, width - _STAMP, 2)]
    first: Row = [("class:time", stamp), *inner[0]]
    return [first, *([("", " " * _STAMP), *row] for row in inner[1:])]


def rule(text: str, width: int, style: str) -> Row:
    """A line across the screen with a word in it."""
    left = "──── " if width >= _NARROW else ""
    rest = max(0, width - get_cwidth(left + text) - 1)
    return [(style, f"{left}{text} {'─' * rest}"[:width])]


def wrapped(line: Row, width: int, indent: int) -> list[Row]:
    """
    A line broken between words into rows of at most C{width} columns, those after the first indented.

    Words that are wider than a row, such as links, are broken where the row ends.
    """
    indent = indent if width >= _NARROWEST else 0
    done: list[Row] = [[]]
    column = begin = 0
    for style, word in _words(line):
        if get_cwidth(word.rstrip(" ")) > width - column and column > begin and get_cwidth(word) <= width - indent:
            done.append([("", " " * indent)] if indent else [])
            column = begin = indent
        for piece in _pieces(word, width, column, begin, indent):
            if piece is None:
                done.append([("", " " * indent)] if indent else [])
                column = begin = indent
            else:
                done[-1].append((style, piece))
                column += get_cwidth(piece)
    return done


def _split(line: Row) -> list[Row]:
    """What was said in several lines, each of them; those after the first one are indented."""
    lines: list[Row] = [[]]
    for style, text in line:
        first, *others = text.split("\n")
        lines[-1].append((style, first))
        lines += [[("", "  "), (style, each)] for each in others]
    return lines


def _words(line: Row) -> Iterator[Fragment]:
    """Words with the blanks that follow them."""
    for style, text in line:
        start = 0
        while start < len(text):
            end = text.find(" ", start)
            end = len(text) if end < 0 else end + 1
            yield style, text[start:end]
            start = end


def _pieces(word: str, width: int, column: int, begin: int, indent: int) -> Iterator[str | None]:
    """A word in pieces that fit; C{None} where a new row begins. A blank that does not fit is left out."""
    piece, used = "", column
    for character in word:
        wide = get_cwidth(character)
        if used + wide > width:
            if character == " ":
                continue
            if piece:
                yield piece
            if used > begin:
                yield None
            piece, used, begin = "", indent, indent
        piece, used = piece + character, used + wide
    if piece:
        yield piece


def _said_style(line: Line) -> str:
    if line.state == "failed":
        return "class:error"
    if line.state == "pending" or line.deleted_by is not None:
        return "class:pending"
    return "class:mention" if line.mention else ""
