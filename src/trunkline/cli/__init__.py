"""The command line: ``trunkline --help``."""

from trunkline.cli.application import main

__all__ = ["main"]
