"""Which price list this installation has."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

PRICE_LIST: Final = f"genai-prices {version('genai-prices')}"
"""Changes with the list."""
