"""What a person's terminal speaks beside text: telnet, and asking for secrets that do not show."""
