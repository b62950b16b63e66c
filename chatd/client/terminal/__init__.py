"""chatc at a terminal: a full screen, or plain lines for screen readers and for terminals that can do no more."""
