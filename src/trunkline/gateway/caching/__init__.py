"""Answers that are kept, to be given again to the same question."""
