"""Lines of the model as lines of text, for whoever reads them in one stream."""

from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.shown import text_of


def spoken(line: Line, text: str) -> str:
    """Who said it, and what; where that is several lines, those after the first one are indented."""
    text = indented(text)
    match line.kind:
        case "action":
            return f"* {line.who} {text}"
        case "notice":
            return f"-{line.who}- {text}"
        case _:
            return f"{line.who}: {text}"


def indented(text: str) -> str:
    """Several lines as one thing said: none of them but the first begins where the lines of others do."""
    return text.replace("\n", "\n    ")


def in_stream(line: Line, place: Place, is_here: bool) -> str:
    """
    A line as it stands among those of all places.

    @param is_here: Whether the place is the one that is looked at.
    """
    if line.kind == "event":
        return f"** {line.text}"
    if not line.is_said:
        return line.text
    if place.is_direct:
        said = spoken(line, text_of(line)) if line.kind == "action" else indented(text_of(line))
        return f"[you -> {place.title}] {said}" if line.mine else f"[{line.who} -> you] {said}"
    return ("" if is_here else f"{place.title} ") + spoken(line, text_of(line))


def change_of(line: Line, place: Place) -> str:
    """What became of a line that was there before; nothing where that is told otherwise."""
    where = f"of your talk with {place.title}" if place.is_direct else f"in {place.title}"
    if line.state != "stored" or not (line.edited or line.deleted_by):
        return ""
    if line.deleted_by is None:
        return f"** {line.who} corrected line {line.seq} {where}: {indented(line.text)}"
    whose = "" if line.deleted_by == line.who else f" of {line.who}"
    return f"** {line.deleted_by} deleted line {line.seq}{whose} {where}"
