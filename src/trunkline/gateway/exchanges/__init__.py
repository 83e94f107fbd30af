"""Kinds of calls: what is sent to a provider, and what is made of its answer."""
