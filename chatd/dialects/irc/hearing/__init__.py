"""What IRC clients are told of: events as lines, one module per subject."""
