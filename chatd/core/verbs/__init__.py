"""What sessions do when they are asked: one function of a session and a command for each command."""
