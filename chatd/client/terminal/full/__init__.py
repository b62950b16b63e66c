"""The full screen, with prompt_toolkit; nothing outside of this package imports it."""
