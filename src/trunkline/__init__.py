"""Trunkline: configure AI models, and use them through one gateway."""

__version__ = "0.1.0"
