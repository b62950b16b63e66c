"""
Who may do what: the one function that decides, and can explain.

It is asked twice: by the session, with what the hub knows, so that most refusals cost no disk; and by the
journal inside its transaction, with what the rows say, so that what is stored was allowed when it was stored.
"""

from typing import Literal, NamedTuple

from chatd.core.errors import ChatError, NotAllowed, NotInRoom

Act = Literal["join", "leave", "say", "read", "topic"]
Access = Literal["open", "invite", "key"]


class Standing(NamedTuple):
    """
    How an account stands to a room.

    @ivar member: Whether the account is a member now.
    @ivar access: How the room lets people in.
    """

    room: str
    member: bool
    access: Access = "open"


class Verdict(NamedTuple):
    """The decision: C{refusal} is C{None} where the act is allowed."""

    refusal: ChatError | None

    def __bool__(self) -> bool:
        return self.refusal is None

    def enforce(self) -> None:
        """
        Let the act pass or not.

        @raise ChatError: the refusal.
        """
        if self.refusal is not None:
            raise self.refusal


ALLOWED = Verdict(None)


def may(act: Act, standing: Standing) -> Verdict:
    """Decide whether an account that stands so to a room may do C{act} there."""
    if act == "join":
        if standing.member or standing.access == "open":
            return ALLOWED
        return Verdict(NotAllowed(f"#{standing.room} is not open to everyone.", rule=f"access is {standing.access}"))
    if not standing.member:
        return Verdict(not_in_room(standing.room))
    return ALLOWED


def not_in_room(room: str) -> NotInRoom:
    """The refusal for whoever is no member, whether the room exists or not."""
    return NotInRoom(f"You are not in #{room}. /join #{room} enters it.", rule="only members may do that")
