"""The line to the server: what goes over it, and what outlives it."""
