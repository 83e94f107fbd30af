"""A workspace as a file says it: what ``trunkline apply`` and ``trunkline export`` are made of."""
