"""Answers in words, by subject."""
