"""
What each command does to the database: plain functions of a cursor, run by the journal inside its transaction.

Each asks L{chatd.core.permissions} again, with what the rows say now, so that what is stored was allowed when it
was stored. Each returns the answer, and the news that is to be told once the transaction is on disk.
"""
