"""The data plane: the life of one AI call. No ORM, no web framework, no lock."""
