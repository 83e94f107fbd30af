"""HTTP: one package per API, and ``http`` for what the management faces share. Faces never import each other."""
