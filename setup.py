"""
The metadata is in setup.cfg. Here is what can be compiled, by mypyc: the way of a line, from the socket to the journal
and on to everybody's outbox. It is if the environment has C{CHATD_COMPILE=1}; the source is the same, and needs none of
it. See docs/decisions/0030, also for what is not among it, and why.
"""

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

from setuptools import setup

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


def is_wanted() -> bool:
    """Whether to compile now: not where pip only asks for the metadata."""
    said = os.environ.get("CHATD_COMPILE", "")
    if said not in ("", "0", "1"):
        raise SystemExit(f"CHATD_COMPILE is 1 or 0, and not {said!r}.")
    return said == "1" and not {"bdist_wheel", "build_ext", "editable_wheel"}.isdisjoint(sys.argv)


def compiled() -> list[Any]:
    """The modules, as what setuptools calls extensions. What is missing ends the program here, with a sentence."""
    if "editable_wheel" in sys.argv:
        raise SystemExit("pip install -e is not compiled, since edits would change nothing then: leave out the -e.")
    if shutil.which(str(sysconfig.get_config_var("CC")).split()[0]) is None:
        raise SystemExit("There is no C compiler: apt-get install gcc")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise SystemExit("There are no headers of this Python: apt-get install python3-dev")
    try:
        from mypyc.build import mypycify
    except ImportError:
        raise SystemExit("mypyc is not here: pip install '.[compile]' first, then with --no-build-isolation") from None
    # What was compiled once and is not any more would go into the wheel, where it cannot be imported.
    for old in Path("build").glob("lib.*"):
        shutil.rmtree(old)
    return mypycify(list(THE_WAY_OF_A_LINE), group_name="chatd")


setup(ext_modules=compiled() if is_wanted() else [])
