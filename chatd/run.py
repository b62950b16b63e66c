"""
The console script C{chatd}: C{twistd chatd} in the foreground, without a pid file.

With it C{pipx run chatd}, C{uvx chatd} and plain C{chatd} work, and nobody has to know C{twistd} first.
"""

import sys

from twisted.scripts import twistd

_TWISTD_OPTIONS = ["-n", "--pidfile="]


def main() -> None:
    """Run the daemon with the options of the command line until it is stopped."""
    sys.argv[1:] = [*_TWISTD_OPTIONS, "chatd", *sys.argv[1:]]
    twistd.run()
