"""Copies of the database: made, checked, put back."""
