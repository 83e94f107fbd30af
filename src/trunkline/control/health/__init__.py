"""How configurations are: what calls say of them, what we ask ourselves, and what people see of it."""
