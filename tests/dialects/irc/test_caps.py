"""CAP: what is offered, asked for and in force."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.dialects.irc.caps import CAPABILITIES, LIST_BYTES, Negotiation, Reply, offer
from chatd.dialects.irc.message import build, parse

SITE = offer({"sasl": "PLAIN,EXTERNAL", "sts": "port=6697"})


def made(*lines: str, offered: Mapping[str, str] = SITE) -> Negotiation:
    """A negotiation in which a client said this."""
    negotiation = Negotiation(offered)
    for line in lines:
        said(negotiation, line)
    return negotiation


def said(negotiation: Negotiation, line: str, client: str = "*") -> list[str]:
    """What a client reads that says this: the parameters after its name, or the numeric."""
    replies = negotiation.obey(client, parse(f"CAP {line}".encode()).params)
    return [shown(reply) for reply in replies]


def shown(reply: Reply) -> str:
    command, params = reply
    assert parse(build(command, *params, source="My.Little.Server")).params == params
    assert params[0] in ("*", "ann")
    return " ".join((*(() if command == "CAP" else (command,)), *params[1:]))


def names_in(lines: list[str]) -> list[str]:
    return [word.partition("=")[0] for line in lines for word in line.split()[1:] if word != "*"]


def test_ls() -> None:
    """Version 302: values, and "all but the last reply MUST have a parameter containing only an asterisk"."""
    lines = said(made(), "LS 302")
    assert len(lines) > 1
    assert all(line.startswith("LS * ") for line in lines[:-1])
    assert not lines[-1].startswith("LS * ")
    assert names_in(lines) == list(SITE)
    assert "sasl=PLAIN,EXTERNAL" in lines[0].split()
    assert any("draft/multiline=max-bytes=" in line for line in lines)


@pytest.mark.parametrize("version", ["303", "999999999"])
def test_ls_later(version: str) -> None:
    """ "The server MUST enable the features it does support below the given version." """
    assert said(made(), f"LS {version}") == said(made(), "LS 302")


@pytest.mark.parametrize("version", ["", " 301", " x", " ²", " -302", " 30200000000000000000000"])
def test_ls_before(version: str) -> None:
    """Without 302 there are no values and no second line."""
    negotiation = made()
    (line,) = said(negotiation, f"LS{version}")
    assert "=" not in line
    assert "*" not in line.split()
    assert {"sasl", "server-time", "echo-message", "batch"} <= set(names_in([line]))
    assert not negotiation.caps


def test_ls_lower() -> None:
    """A lower version gets "a reply consistent with the request's version", and the higher one is kept."""
    negotiation = made("LS 302")
    assert "=" not in said(negotiation, "LS")[0]
    assert negotiation.version == 302
    assert said(negotiation, "REQ -cap-notify") == ["NAK -cap-notify"]


def test_nothing_offered() -> None:
    """ "If no capabilities are available, an empty parameter MUST be sent." """
    assert made(offered={}).obey("*", ("LS", "302")) == [("CAP", ("*", "LS", ""))]


def test_notify_is_implied() -> None:
    """ "This capability MUST be implicitly enabled if the client requests CAP LS with a version of 302 or newer." """
    negotiation = made("LS 302")
    assert negotiation.caps == {"cap-notify"}
    assert said(negotiation, "LIST") == ["LIST cap-notify"]
    assert said(negotiation, "REQ cap-notify") == ["ACK cap-notify"]


def test_notify_of_old_clients() -> None:
    """Clients before 302 "MAY explicitly disable the capability, and servers MUST allow"."""
    negotiation = made("REQ cap-notify")
    assert said(negotiation, "REQ -cap-notify") == ["ACK -cap-notify"]
    assert not negotiation.caps


REQUESTS = [
    ("REQ :multi-prefix sasl", "ACK multi-prefix sasl", {"multi-prefix", "sasl"}),
    ("REQ multi-prefix sasl", "ACK multi-prefix sasl", {"multi-prefix", "sasl"}),  # as the examples write it
    ("REQ :multi-prefix  sasl ", "ACK multi-prefix sasl", {"multi-prefix", "sasl"}),
    ("REQ :multi-prefix nothing", "NAK multi-prefix nothing", set()),  # "as a whole, or rejected entirely"
    ("REQ :nothing multi-prefix", "NAK nothing multi-prefix", set()),
    ("REQ :-multi-prefix", "ACK -multi-prefix", set()),  # "as though handling this capability was successful"
    ("REQ :-nothing", "NAK -nothing", set()),
    ("REQ :multi-prefix -multi-prefix", "ACK multi-prefix -multi-prefix", set()),  # "from left to right"
    ("REQ :-multi-prefix multi-prefix", "ACK -multi-prefix multi-prefix", {"multi-prefix"}),
    ("REQ :Multi-Prefix", "NAK Multi-Prefix", set()),  # "case-sensitive"
    ("REQ :sasl=PLAIN", "NAK sasl=PLAIN", set()),
    ("REQ :sts", "NAK sts", set()),  # "Clients MUST NOT request this capability"
    ("REQ :--sasl", "NAK --sasl", set()),
    ("REQ :-", "NAK -", set()),
    ("REQ :a b c d e a", "NAK a b c d e a", set()),  # in the order in which it was asked for
    ("REQ :", "ACK ", set()),
    ("REQ", "ACK ", set()),
    ("req :batch", "ACK batch", {"batch"}),
]


@pytest.mark.parametrize(("line", "answer", "in_force"), REQUESTS)
def test_req(line: str, answer: str, in_force: set[str]) -> None:
    """A request is granted as a whole or not at all."""
    negotiation = made()
    assert said(negotiation, line) == [answer]
    assert negotiation.caps == in_force


def test_nak_changes_nothing() -> None:
    """ "The server MUST NOT make any change to any capabilities if it replies with a NAK." """
    negotiation = made("REQ :batch sasl", "REQ :-batch nothing")
    assert negotiation.caps == {"batch", "sasl"}


def test_list() -> None:
    """LIST tells what is enabled, without values; "if no capabilities are enabled, an empty parameter"."""
    negotiation = made()
    assert negotiation.obey("ann", ("LIST",)) == [("CAP", ("ann", "LIST", ""))]
    said(negotiation, "REQ :sasl draft/multiline")
    assert said(negotiation, "list") == ["LIST sasl draft/multiline"]


def test_list_is_long() -> None:
    """With everything enabled, the list is told on several lines."""
    everything = [name for name in SITE if name != "sts"]
    negotiation = made("LS 302")
    for name in everything:
        assert said(negotiation, f"REQ {name}") == [f"ACK {name}"]
    lines = said(negotiation, "LIST")
    assert names_in(lines) == everything
    assert [line.startswith("LIST * ") for line in lines] == [True] * (len(lines) - 1) + [False]


def test_long_answers() -> None:
    """An answer that is too long for a line is told on several."""
    lines = said(made(), "REQ :" + "batch sasl " * 40)
    assert len(lines) > 1
    assert names_in(lines) == ["batch", "sasl"] * 40


def test_a_long_refusal() -> None:
    """Is one all the same, and repeats more than the first 100 characters."""
    (line,) = said(made(), "REQ :" + "batch sasl nothing " * 25)
    assert line.startswith("NAK batch sasl nothing ")
    assert len(line) > 300
    (line,) = said(made(), "REQ :" + "x" * 490)
    assert line.startswith("NAK xxx")


def test_what_is_lacking() -> None:
    """What depends on another is granted alone ("the order ... MUST not be enforced"), and begins with the other."""
    negotiation = made()
    assert said(negotiation, "REQ :labeled-response draft/event-playback") != []
    assert not negotiation.caps
    said(negotiation, "REQ draft/chathistory")
    said(negotiation, "REQ batch")
    assert negotiation.caps == {"labeled-response", "draft/event-playback", "draft/chathistory", "batch"}
    said(negotiation, "REQ -batch")
    assert not negotiation.caps
    assert said(negotiation, "LIST") == ["LIST labeled-response draft/chathistory draft/event-playback"]


def test_two_names_of_one() -> None:
    """The draft's name and the later one of no-implicit-names are the same."""
    assert "no-implicit-names" in made("REQ draft/no-implicit-names").caps
    assert "no-implicit-names" in made("REQ no-implicit-names").caps


def test_hold() -> None:
    """LS and REQ suspend the registration until END; LIST does not; nor does anything after the registration."""
    assert not made().holds
    assert not made("LIST").holds
    assert made("LS").holds
    assert made("REQ :nothing").holds
    assert not made("LS 302", "END").holds
    assert made("LS 302", "END", "LS").holds
    negotiation = made("LS", "END")
    negotiation.registered = True
    assert said(negotiation, "LS 302")
    assert said(negotiation, "REQ batch") == ["ACK batch"]
    assert said(negotiation, "END") == []
    assert not negotiation.holds


@pytest.mark.parametrize(
    ("params", "numeric", "told"),
    [
        (("FOO",), "410", ("ann", "FOO", "Invalid CAP command")),
        (("CLEAR",), "410", ("ann", "CLEAR", "Invalid CAP command")),
        (("ACK", "batch"), "410", ("ann", "ACK", "Invalid CAP command")),
        (("",), "410", ("ann", "*", "Invalid CAP command")),
        (("a b",), "410", ("ann", "*", "Invalid CAP command")),
        ((), "461", ("ann", "CAP", "Not enough parameters")),
    ],
)
def test_invalid(params: tuple[str, ...], numeric: str, told: tuple[str, ...]) -> None:
    """ "If a client sends a subcommand which is not in the list ... then numeric 410 should be sent." """
    assert made().obey("ann", params) == [(numeric, told)]


def test_change() -> None:
    """What comes and goes is told to those who have cap-notify, and what has gone is in force no more."""
    negotiation = made("LS 302", "REQ :sasl batch")
    without = {name: value for name, value in SITE.items() if name != "sasl"}
    assert [shown(each) for each in negotiation.change("ann", without)] == ["DEL sasl"]
    assert negotiation.caps == {"cap-notify", "batch"}
    assert said(negotiation, "REQ sasl") == ["NAK sasl"]
    assert [shown(each) for each in negotiation.change("ann", SITE)] == ["NEW sasl=PLAIN,EXTERNAL"]
    assert [shown(each) for each in negotiation.change("ann", {**SITE, "sasl": "PLAIN"})] == ["NEW sasl=PLAIN"]
    assert negotiation.change("ann", {**SITE, "sasl": "PLAIN"}) == []


def test_change_before_302() -> None:
    """Who has no 302 gets no values, and who has no cap-notify is told nothing."""
    quiet = made("LS", "REQ sasl")
    assert quiet.change("ann", {}) == []
    assert not quiet.caps
    asked = made("REQ cap-notify", offered={"cap-notify": ""})
    assert shown(asked.change("ann", SITE)[0]).startswith("NEW sasl sts message-tags")


def test_sts_is_its_value() -> None:
    """Who is from before 302 is told no values, and so nothing of it; nor can it be asked for."""
    assert any(line.startswith("LS ") and "sts=port=6697" in line for line in said(made(), "LS 302"))
    assert "sts" not in names_in(said(made(), "LS"))


def test_sts_is_not_taken_back() -> None:
    """ "Servers MUST NOT send CAP DEL to disable this capability." """
    negotiation = made("LS 302")
    assert negotiation.change("ann", {name: value for name, value in SITE.items() if name != "sts"}) == []


def test_offer() -> None:
    """A site says which there are with values; what needs one is not there without."""
    assert set(CAPABILITIES) - set(offer({})) == {"sasl", "sts"}
    assert offer({"sasl": "PLAIN"})["sasl"] == "PLAIN"
    assert "draft/pre-away" not in offer({}, without=["draft/pre-away"])
    assert offer({"draft/multiline": "max-bytes=9"})["draft/multiline"] == "max-bytes=9"


def test_names() -> None:
    """Names do not begin with a hyphen, hold no space, and need only what there is."""
    for name, each in CAPABILITIES.items():
        assert not name.startswith("-")
        assert not {" ", "="} & set(name)
        assert len(f"{name}={each.value}") < LIST_BYTES
        assert set(each.needs) | set(each.implies) <= set(CAPABILITIES)


@given(
    st.lists(st.lists(st.sampled_from(["LS", "302", "REQ", "END", "LIST", "-batch", *SITE]) | st.text(), max_size=4))
)
def test_any_order(commands: list[list[str]]) -> None:
    """Whatever a client says, in whatever order, what it is told can be written, and what is in force was offered."""
    negotiation = Negotiation(SITE)
    for params in commands:
        try:
            asked = parse(build("CAP", *params)).params
        except ValueError:
            continue
        for command, told in negotiation.obey("ann", asked):
            build(command, *told, source="My.Little.Server")
        assert negotiation.caps <= set(SITE) - {"sts"}
