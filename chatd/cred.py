"""
C{--auth chatd:PATH}: what makes chatd's accounts known to other Twisted programs.

The database is only read, so that any number of such programs can run beside the daemon, or without it. That a token
was used is therefore not noted here: one that is used nowhere else lives as long as one that is not used.
"""

import secrets
from functools import partial
from pathlib import Path
from typing import Any

from twisted.cred.strcred import InvalidAuthArgumentString
from twisted.internet.threads import deferToThreadPool

from chatd.auth.checker import Checker
from chatd.auth.gate import PEPPER_BYTES
from chatd.auth.hashes import Hashes, HashThreads
from chatd.auth.strcred import PlainChecker
from chatd.auth.throttle import Throttle
from chatd.config import Settings
from chatd.house import wall_clock
from chatd.store import schema
from chatd.store.accounts import Credentials
from chatd.store.database import Readers


def make_checker(path: Path, reactor: Any) -> PlainChecker:
    """
    A checker of the accounts in a database. Its threads begin and end with the reactor.

    @raise InvalidAuthArgumentString: if there is no such database, or it is none that this chatd can read.
    """
    try:
        schema.require_current(path)
    except schema.StoreError as wrong:
        raise InvalidAuthArgumentString(str(wrong)) from None
    settings = Settings()
    limits = settings.limits
    threads = HashThreads(limits.hash_threads)
    reactor.callWhenRunning(threads.start)
    reactor.addSystemEventTrigger("during", "shutdown", threads.stop)
    in_threads = partial(deferToThreadPool, reactor, threads)
    accounts = Credentials(Readers(path, reactor, reactor.seconds), wall_clock, lambda: limits)
    hashes = Hashes(in_threads, settings.bcrypt_cost, lambda: limits, reactor.seconds)
    throttle = Throttle(secrets.token_bytes(PEPPER_BYTES))
    checker = Checker(accounts, hashes, throttle, lambda: limits, reactor, wall_clock)
    return PlainChecker(checker, accounts)
