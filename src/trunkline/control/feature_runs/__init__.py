"""Asking a feature: for its users, and to try settings before they are saved."""
