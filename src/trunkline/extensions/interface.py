"""The number of the interface that extensions are written for."""

from __future__ import annotations

from typing import Final

API: Final = 1
"""What an extension names as its ``api``. It rises when something here changes so that an extension that was written
before would no longer work; what is only added does not change it. An extension of another number is left out.
"""
