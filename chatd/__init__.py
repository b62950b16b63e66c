"""
chatd: one daemon for chat and accounts, reached from a bare telnet, an IRC client, a program, or its own clients.

The tour, in reading order:

  - L{chatd.core.commands} and L{chatd.core.events}: what a peer may ask, and what happened.
  - L{chatd.core.session}: the state machine of one connection, as a table.
  - L{chatd.core.room} and L{chatd.core.hub}: who hears what.
  - L{chatd.dialects.text}, L{chatd.dialects.jsonl} and L{chatd.dialects.irc}: bytes into commands and events into
    bytes.
  - L{chatd.faces.line}: the Twisted protocol that moves those bytes, at a bounded pace.
  - L{chatd.auth.checker}: the one place where a secret is judged.
  - L{chatd.store.journal}: the one writer, and what is promised of it.
  - L{chatd.tap}: how the parts become C{twistd chatd}.

Dependencies point inward: core knows nothing, dialects know core, faces and auth and store know core and never
one another.
"""

__version__ = "0.1.0"
