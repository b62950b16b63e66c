"""
What the service manager is told: systemd's notification protocol, which Twisted does not speak.

One datagram per word, over the socket that C{$NOTIFY_SOCKET} names (sd_notify(3)). A service manager that does not
listen, or none at all, never disturbs the daemon: nothing here blocks or raises.
"""

import socket
from collections.abc import Mapping

READY = "READY=1"
STOPPING = "STOPPING=1"
WATCHDOG = "WATCHDOG=1"


def reloading(monotonic: float) -> str:
    """The word that begins a reload, which L{READY} ends. C{monotonic}: CLOCK_MONOTONIC, in seconds."""
    return f"RELOADING=1\nMONOTONIC_USEC={int(monotonic * 1_000_000)}"


def status(text: str) -> str:
    """A line that C{systemctl status} shows. Whatever could begin another word is taken out."""
    return "STATUS=" + " ".join(text.split())


def notify(environment: Mapping[str, str], *words: str) -> bool:
    """
    Tell the service manager.

    @param environment: Where C{NOTIFY_SOCKET} is looked up: a path, or C{@} and the name of an abstract socket.
    @return: Whether it was handed over. C{False} where there is no service manager.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as sender:
            sender.sendto("\n".join(words).encode(errors="replace"), address)
    except (OSError, ValueError):
        return False
    return True


def watchdog_interval(environment: Mapping[str, str], pid: int) -> float | None:
    """
    How often to send L{WATCHDOG}, in seconds: half of what the service manager allows (sd_watchdog_enabled(3)).

    @param pid: This process: C{WATCHDOG_PID} may speak of another one.
    @return: C{None} where nobody waits for it.
    """
    try:
        allowed = int(environment["WATCHDOG_USEC"])
        mine = int(environment.get("WATCHDOG_PID", pid)) == pid
    except (KeyError, ValueError):
        return None
    return allowed / 2_000_000 if mine and allowed > 0 else None
