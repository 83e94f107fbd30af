"""Budgets: the records, what is spent of them, and who may spend what is left."""
