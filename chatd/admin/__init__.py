"""C{chatctl}, for the people who run a daemon."""
