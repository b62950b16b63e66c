"""The ways in: Twisted protocols that move bytes and decide nothing."""
