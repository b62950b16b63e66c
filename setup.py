"""
The metadata is in setup.cfg. Here is what can be compiled: the way of a line, from the socket to the journal and on to
everybody's outbox, by mypyc, if the environment has C{CHATD_COMPILE=1}. The source is the same, and needs none of it.

What decides who may do what is not among it: mypyc takes the truth of a C{NamedTuple} for its length, whatever its
C{__bool__} says, and L{chatd.core.permissions.Verdict} is one.
"""

import os

from setuptools import Extension, setup

THE_WAY_OF_A_LINE = (
    "chatd/core/bucket.py",
    "chatd/core/hub.py",
    "chatd/core/room.py",
    "chatd/core/session.py",
    "chatd/core/verbs/asking.py",
    "chatd/core/verbs/checking.py",
    "chatd/faces/conversation.py",
    "chatd/faces/framing.py",
    "chatd/faces/line.py",
    "chatd/faces/outbox.py",
    "chatd/faces/pace.py",
    "chatd/store/journal.py",
    "chatd/store/licences.py",
    "chatd/store/queries/messages.py",
)


def compiled() -> list[Extension]:
    """The modules that are to be compiled."""
    if os.environ.get("CHATD_COMPILE") != "1":
        return []
    from mypyc.build import mypycify

    return mypycify(list(THE_WAY_OF_A_LINE), group_name="chatd")


setup(ext_modules=compiled())
