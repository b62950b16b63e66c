"""The database: one writer, a few readers, every SQL statement."""
