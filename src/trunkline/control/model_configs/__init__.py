"""The configurations of applications."""
