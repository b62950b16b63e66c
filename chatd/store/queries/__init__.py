"""Every SQL statement of the running daemon, as functions of a cursor.

The text is portable between SQLite and PostgreSQL; parameters are named and never part of the text.
"""
