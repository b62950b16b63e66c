"""C{chatctl} as an operator types it: the real program, about the database of a daemon that runs or does not."""

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from tests.integration.daemon import environment

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "chatctl")
PATIENCE = 30.0

JsonObject = dict[str, Any]


class Chatctl:
    """
    The operator's tool.

    @ivar options: What stands before each command.
    """

    def __init__(self, database: Path, *options: str) -> None:
        self.options = ("--database", str(database), *options)

    def run(self, *words: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        """Type a command; C{given} is what it reads from standard input, which is no terminal."""
        return subprocess.run(
            [PROGRAM, *self.options, *words], input=given, capture_output=True, text=True, timeout=PATIENCE,
            env=environment(),
        )  # fmt: skip

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        """Type a command, and do not wait for its end."""
        return subprocess.Popen(
            [PROGRAM, *self.options, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment(),
        )  # fmt: skip

    def says(self, *words: str, given: str = "") -> str:
        """What it writes when all is well."""
        done = self.run(*words, given=given)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def refuses(self, *words: str, given: str = "") -> str:
        """The one sentence that it writes when the answer is no."""
        done = self.run(*words, given=given)
        assert (done.returncode, done.stdout) == (1, ""), done
        assert done.stderr.startswith("chatctl: "), done
        assert done.stderr.count("\n") == 1, done
        return done.stderr.removeprefix("chatctl: ").removesuffix("\n")

    def answers(self, *words: str, given: str = "") -> JsonObject:
        """The one object that it writes for programs."""
        answer: JsonObject = json.loads(self.says(*words, "--json", given=given))
        return answer
