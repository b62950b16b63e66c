"""
The seeds' own design, as a server to compare with: a thread for each client, and a blocking send to each of the others.

    python -m benchmarks.speed.threads PORT

It is what seed 003 describes, without its prints: what one C{recv} brought is passed on as it is, to everyone but
who sent it, in the sender's own thread. No accounts, no rooms, nothing stored, and one client that does not read
stops everybody who speaks.
"""

import socket
import sys
import threading

clients: list[socket.socket] = []


def attend(peer: socket.socket) -> None:
    """One client, up to its end."""
    while True:
        try:
            message = peer.recv(1024).decode("utf-8")
            if not message:
                break
            broadcast(message, peer)
        except OSError:
            break
    peer.close()


def broadcast(message: str, sender: socket.socket) -> None:
    """Tell everyone else."""
    for client in clients:
        if client is not sender:
            try:
                client.send(message.encode("utf-8"))
            except OSError:
                client.close()
                clients.remove(client)


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
