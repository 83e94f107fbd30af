"""Entries for providers, whose callers name the model."""
