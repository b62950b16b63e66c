"""The client: the protocol, and a terminal on it."""
