"""The row in which one types, on a terminal that knows line ends, carriage returns and backspaces."""

from chatd.client.terminal.row import Row, cells


class Glass:
    """What stands on such a terminal, ten columns wide."""

    def __init__(self) -> None:
        self.rows = [""]
        self.at = 0
        self.row = Row(self.write, lambda: 10)

    def write(self, text: str) -> None:
        for each in text:
            if each == "\n":
                self.rows.append("")
                self.at = 0
            elif each in "\r\b":
                self.at = 0 if each == "\r" else self.at - 1
            else:
                row = self.rows[-1].ljust(self.at)
                self.rows[-1] = row[: self.at] + each + row[self.at + 1 :]
                self.at += 1

    def sees(self) -> list[str]:
        return [row.rstrip() for row in self.rows]


def test_what_others_say_comes_above() -> None:
    """The half-typed line stays whole below it, with its question."""
    glass = Glass()
    glass.row.ask("to: ", False)
    glass.row.add("hal")
    glass.row.above("bob: hi")
    assert glass.sees() == ["bob: hi", "to: hal"]
    glass.row.add("f")
    assert (glass.row.end(), glass.sees()) == ("half", ["bob: hi", "to: half", ""])


def test_a_line_of_more_than_a_row() -> None:
    """What has been broken by the terminal stays where it is, and stands below once more."""
    glass = Glass()
    glass.row.add("0123456789")
    glass.row.above("bob: hi")
    assert glass.sees() == ["0123456789", "bob: hi", "0123456789"]


def test_nothing_typed_nothing_redrawn() -> None:
    """Lines follow upon one another."""
    glass = Glass()
    for text in ("one", "two"):
        glass.row.above(text)
    assert glass.sees() == ["one", "two", ""]


def test_what_is_hidden_never_shows() -> None:
    """Neither as it is typed, nor when something comes in between, nor when it is taken back."""
    glass = Glass()
    glass.row.ask("Who? ", True)
    glass.row.add("secret")
    glass.row.rub_out()
    glass.row.above("bob: hi")
    assert glass.sees() == ["bob: hi", "Who?"]
    glass.row.put("")
    assert glass.row.end() == ""


def test_taking_back() -> None:
    """A wide character with two columns, and a letter with the marks upon it."""
    glass = Glass()
    for typed in ("a", "日", "e", "\u0301"):
        glass.row.add(typed)
    glass.row.rub_out()
    assert glass.row.text == "a日"
    glass.row.rub_out()
    assert glass.row.text == "a"
    assert [cells("日"), cells("e\u0301"), cells("ab")] == [2, 1, 2]


def test_another_text_in_its_place() -> None:
    """As the arrow keys bring it."""
    glass = Glass()
    glass.row.add("longer")
    glass.row.put("short")
    assert glass.sees() == ["short"]
