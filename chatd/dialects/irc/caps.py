"""
The capabilities, and their negotiation: IRCv3 "Client Capability Negotiation".

A L{Negotiation} is told each C{CAP} of a client and says what to send; it knows what is in force and whether the
registration has to wait for C{CAP END}.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from chatd.core.names import TEXT_BYTES, TEXT_LINES
from chatd.core.settings.metadata import KEYS, VALUE_BYTES
from chatd.dialects.irc import numerics
from chatd.dialects.irc.message import fitting

VERSION = 302
SUBSCRIBED = 50
"""How many keys of metadata a client may hear of."""
LIST_BYTES = 350
"""How much of a line is the list: the server's name and the client's nick need the rest."""

Reply = tuple[str, tuple[str, ...]]
"""A command or numeric and its parameters, for L{chatd.dialects.irc.message.build}."""


class Capability(NamedTuple):
    """
    One capability.

    @ivar value: What is told of it to a client of version 302, unless the site says something else.
    @ivar needs: What must be in force beside it before it means anything. The order in which they are asked for does
        not matter, so one is acknowledged without the other.
    @ivar implies: What it brings along: other names of the same.
    @ivar always: Whether it is there without the site saying so.
    @ivar told_only: Whether it is there to be read and not to be asked for.
    """

    value: str = ""
    needs: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
    always: bool = True
    told_only: bool = False


# In the order in which they are told: a client from before 302 is told on one line, and so of the first ones only.
CAPABILITIES: Mapping[str, Capability] = {
    "sasl": Capability(always=False),
    "sts": Capability(always=False, told_only=True),
    "message-tags": Capability(),
    "server-time": Capability(),
    "batch": Capability(),
    "multi-prefix": Capability(),
    "userhost-in-names": Capability(),
    "echo-message": Capability(),
    "away-notify": Capability(),
    "account-notify": Capability(),
    "account-tag": Capability(),
    "extended-join": Capability(),
    "invite-notify": Capability(),
    "chghost": Capability(),
    "setname": Capability(),
    "cap-notify": Capability(),
    "labeled-response": Capability(needs=("batch",)),
    "standard-replies": Capability(),
    "extended-monitor": Capability(),
    "no-implicit-names": Capability(),
    "draft/no-implicit-names": Capability(implies=("no-implicit-names",)),
    "draft/account-registration": Capability("before-connect"),
    "draft/chathistory": Capability(needs=("batch",)),
    "draft/event-playback": Capability(needs=("draft/chathistory",)),
    "draft/read-marker": Capability(),
    "draft/multiline": Capability(f"max-bytes={TEXT_BYTES},max-lines={TEXT_LINES}", needs=("batch",)),
    "draft/message-redaction": Capability(),
    "draft/channel-rename": Capability(),
    "draft/metadata-2": Capability(
        f"before-connect,max-subs={SUBSCRIBED},max-keys={KEYS},max-value-bytes={VALUE_BYTES}", needs=("batch",)
    ),
    "draft/pre-away": Capability(),
    "draft/extended-isupport": Capability(),
}


def offer(values: Mapping[str, str], without: Iterable[str] = ()) -> Mapping[str, str]:
    """
    What a site offers, with the values.

    @param values: The site's values, such as C{{"sasl": "PLAIN,EXTERNAL"}}. What is not C{always} there is offered if
        it has one here.
    @param without: What is not offered at all.
    """
    return _offer(tuple(values.items()), frozenset(without))


@lru_cache(maxsize=64)
def _offer(values: tuple[tuple[str, str], ...], without: frozenset[str]) -> Mapping[str, str]:
    """One for all clients that are offered the same: 2 KiB each, where there are ten thousand of them."""
    has = dict(values)
    return MappingProxyType(
        {
            name: has.get(name, each.value)
            for name, each in CAPABILITIES.items()
            if (each.always or name in has) and name not in without
        }
    )


@lru_cache(maxsize=256)
def _in_force(enabled: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What is enabled, and what is in force by it: one of each for all clients that are alike, of up to 2 KiB."""
    known = {*enabled, *(each for name in enabled for each in CAPABILITIES[name].implies)}
    lacking = {""}
    while lacking:
        lacking = {name for name in known if not known.issuperset(CAPABILITIES[name].needs)}
        known -= lacking
    return enabled, frozenset(known)


class Negotiation:
    """
    What one client and the server agreed on.

    @ivar caps: What is in force: what was acknowledged, and what it implies, less what lacks something that it needs.
    @ivar version: The highest version that the client told.
    @ivar holds: Whether the registration waits for C{CAP END}.
    @ivar registered: To be set when the registration is complete: nothing holds it from then on.
    """

    __slots__ = ("_enabled", "_offered", "caps", "holds", "registered", "version")

    def __init__(self, offered: Mapping[str, str]) -> None:
        self._offered = offered
        self._enabled, self.caps = _in_force(frozenset())
        self.version = 0
        self.holds = False
        self.registered = False

    def obey(self, client: str, params: Sequence[str]) -> list[Reply]:
        """
        One C{CAP} of the client's.

        @param client: Its nick, or C{*} before it has one.
        """
        if not params:
            return [("461", numerics.ERR_NEEDMOREPARAMS.params(client, command="CAP"))]
        subcommand = params[0].upper()
        if subcommand == "LS":
            return self._ls(client, params[1:])
        if subcommand == "LIST":
            return self._listed(client, "LIST", self._in_order(self._enabled), self.version >= VERSION)
        if subcommand == "REQ":
            return self._req(client, " ".join(params[1:]).split(" "))
        if subcommand == "END":
            self.holds = False
            return []
        return [("410", numerics.ERR_INVALIDCAPCMD.params(client, subcommand=params[0]))]

    def change(self, client: str, offered: Mapping[str, str]) -> list[Reply]:
        """
        Offer something else from now on: C{CAP DEL} of what is no more, C{CAP NEW} of what is new or has another value.

        STS is never taken back (IRCv3 STS: "Servers MUST NOT send CAP DEL to disable this capability").
        """
        gone = [name for name in self._offered if name not in offered and not CAPABILITIES[name].told_only]
        new = [name for name, value in offered.items() if self._offered.get(name) != value]
        self._offered = offered
        notified = "cap-notify" in self._enabled
        self._enable(self._enabled.difference(gone))
        if not notified:
            return []
        replies: list[Reply] = [("CAP", (client, "DEL", words)) for words in _lines(gone)] if gone else []
        if new:
            replies += [("CAP", (client, "NEW", words)) for words in _lines(self._with_values(new, self.version))]
        return replies

    def _ls(self, client: str, params: Sequence[str]) -> list[Reply]:
        asked = _version(params)
        self.version = max(self.version, asked)
        self.holds = not self.registered
        if asked >= VERSION:
            self._enable(self._enabled | {"cap-notify"} & self._offered.keys())
            return self._listed(client, "LS", self._with_values(self._offered, asked), True)
        # What is there to be read alone says something by its value, which is not told to who is from before 302.
        names = (name for name in self._offered if not CAPABILITIES[name].told_only)
        return [("CAP", (client, "LS", _lines(names)[0]))]

    def _req(self, client: str, words: list[str]) -> list[Reply]:
        self.holds = not self.registered
        words = [word for word in words if word]
        enabled = set(self._enabled)
        for word in words:
            name = word.removeprefix("-")
            if not self._may(name, on=name == word):
                return [("CAP", (client, "NAK", _lines(words)[0]))]  # "at least the first 100 characters" of the list
            (enabled.add if name == word else enabled.discard)(name)
        self._enable(enabled)
        return [("CAP", (client, "ACK", each)) for each in _lines(words)]

    def _may(self, name: str, on: bool) -> bool:
        if name == "cap-notify" and not on:  # "servers MUST NOT disable the cap-notify capability" after LS 302
            return self.version < VERSION
        return name in self._offered and not CAPABILITIES[name].told_only

    def _enable(self, names: Iterable[str]) -> None:
        self._enabled, self.caps = _in_force(frozenset(names))

    def _in_order(self, names: Iterable[str]) -> list[str]:
        wanted = set(names)
        return [name for name in CAPABILITIES if name in wanted]

    def _with_values(self, names: Iterable[str], version: int) -> list[str]:
        values = self._offered if version >= VERSION else {}
        return [f"{name}={values[name]}" if values.get(name) else name for name in names]

    def _listed(self, client: str, subcommand: str, words: list[str], several: bool) -> list[Reply]:
        """A list on as many lines as it needs; all but the last of them have a C{*} before it."""
        *before, last = _lines(words)
        star = ("*",) if several else ()
        return [
            *(("CAP", (client, subcommand, *star, each)) for each in before),
            ("CAP", (client, subcommand, last)),
        ]


def _version(params: Sequence[str]) -> int:
    """ "The CAP version number argument MUST be treated as a number by the server"; what is no number is none."""
    word = params[0] if params else ""
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0


def _lines(words: Iterable[str]) -> list[str]:
    """Words with spaces between them, as many to a line as there is room for; at least one line."""
    return [piece.rstrip(" ") for piece in fitting(" ".join(words), LIST_BYTES)]
