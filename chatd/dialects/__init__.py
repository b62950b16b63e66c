"""Pure translation: bytes to commands, events to bytes."""
