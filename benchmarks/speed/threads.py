"""
The seeds' own design, as a server to compare with: a thread for each client, and a blocking send to each of the others.

    python -m benchmarks.speed.threads PORT (lines|raw)

C{raw} is what seed 003 describes, without its prints: what one C{recv} brought is passed on as it is, be it half a
line or twenty, to everyone but who sent it, in the sender's own thread. When one client sends many lines ahead, that
makes few sends, and a mess whenever a C{recv} ends within a line. C{lines} takes lines apart and puts the sender's
name before each, as seed 002 shows it. Either way: no accounts, no rooms, nothing stored, and one client that does not
read stops everybody who speaks.
"""

import socket
import sys
import threading
from collections.abc import Iterator

clients: list[socket.socket] = []


def lines(peer: socket.socket) -> Iterator[bytes]:
    """Each line of one client, with its name."""
    name = f"peer{peer.fileno()}: ".encode()
    for line in peer.makefile("rb"):
        yield name + line


def raw(peer: socket.socket) -> Iterator[bytes]:
    """Whatever came at a time."""
    while message := peer.recv(1024).decode("utf-8"):
        yield message.encode("utf-8")


def attend(peer: socket.socket) -> None:
    """One client, up to its end."""
    try:
        for message in READ[sys.argv[2]](peer):
            broadcast(message, peer)
    except OSError:
        pass
    peer.close()


def broadcast(message: bytes, sender: socket.socket) -> None:
    """Tell everyone else."""
    for client in clients:
        if client is not sender:
            try:
                client.send(message)
            except OSError:
                client.close()
                clients.remove(client)


READ = {"lines": lines, "raw": raw}


def main() -> None:
    """Serve until killed."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    server.listen(1024)
    while True:
        peer, _ = server.accept()
        clients.append(peer)
        threading.Thread(target=attend, args=(peer,), daemon=True).start()


if __name__ == "__main__":
    main()
