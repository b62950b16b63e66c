"""The lines of a place: each once, in order, those on the way at the end."""

from chatd.client.model.picture.line import MOST, Line, Log


def line(text: str, seq: int | None = None, pending: bool = False) -> Line:
    return Line("text", text, 0, "bob", seq, state="pending" if pending else "stored")


def texts(log: Log) -> list[str]:
    return [each.text for each in log.lines]


def test_what_is_on_the_way_stays_last() -> None:
    """Whatever is heard meanwhile stands above it, until it is stored."""
    log = Log()
    mine, other = line("mine", pending=True), line("mine too", pending=True)
    for each in (line("first", 1), mine, other, line("second", 2)):
        log.add(each)
    assert texts(log) == ["first", "second", "mine", "mine too"]
    log.settle(mine, 3, 5)
    log.fail(other, "no")
    assert texts(log) == ["first", "second", "mine", "mine too"]
    assert (mine.seq, mine.at, mine.state, other.state, other.why) == (3, 5, "stored", "failed", "no")
    assert log.pending() == []
    assert log.find(3) is mine


def test_a_line_that_is_there_is_not_doubled() -> None:
    """The event came first, under another text perhaps, then the answer."""
    log = Log()
    mine = line("mine", pending=True)
    for each in (mine, line("mine, normalised", 1)):
        log.add(each)
    log.settle(mine, 1, 0)
    assert texts(log) == ["mine, normalised"]
    log.drop(mine)


def test_older_pages_overlap() -> None:
    """What is there already is not put there again."""
    log = Log()
    log.add(line("three", 3))
    log.put_before([line("two", 2), line("three", 3)])
    log.put_before([line("one", 1)])
    assert texts(log) == ["one", "two", "three"]
    assert log.first == 1


def test_memory_is_bounded() -> None:
    """A client that is never closed forgets the oldest lines, and can read them again."""
    log = Log()
    for number in range(1, MOST + 2):
        log.add(line(str(number), number))
    assert len(log.lines) <= MOST
    assert log.first == int(log.lines[0].text)
    assert log.find(1) is None


def test_a_cut_keeps_what_is_on_the_way() -> None:
    """After a gap the old lines do not stand above the new ones as if nothing was between."""
    log = Log()
    for each in (line("old", 1), line("mine", pending=True)):
        log.add(each)
    log.cut()
    assert texts(log) == ["mine"]
    assert log.first is None
