"""What IRC clients ask: one module per subject, and the table of all."""
