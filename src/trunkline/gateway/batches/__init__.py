"""Batches: many calls that are handed in at once and answered within a day."""
