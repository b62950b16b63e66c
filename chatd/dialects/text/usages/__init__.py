"""The commands that people type, by subject: how each is read, explained and shown."""
