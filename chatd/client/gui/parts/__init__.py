"""The parts of which the windows are put together."""
