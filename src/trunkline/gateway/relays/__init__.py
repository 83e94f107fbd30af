"""Streams on their way through, until their call is settled."""
