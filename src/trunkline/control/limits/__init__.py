"""Limits on traffic."""
