"""Answers that are kept: which may be, how the cache stands, and forgetting what is in it."""
