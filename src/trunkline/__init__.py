"""Trunkline: configure AI models, and use them through one gateway."""

from importlib.metadata import version

__version__ = version("trunkline")
