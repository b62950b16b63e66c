"""Accounts and messages of other programs: found, looked at one by one, and taken over or refused with a reason."""
