"""Zstandard, loaded when it is first needed: the standard library's, or the same code for a Python that has none."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["zstd"]
