"""Configurations: what they are, how they change, what they were, whether they work."""
