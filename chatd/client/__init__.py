"""The client: a line to the server, a person's view of the conversation, and ways to take part in it."""
