"""Names that lead to several configurations."""
