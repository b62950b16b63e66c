"""The window: the clients' model drawn with Tk."""
