"""How the targets of a route take turns."""

from __future__ import annotations

from typing import Literal

Strategy = Literal["priority", "weighted", "cheapest", "fastest"]
"""As listed, by chance, by price, or by what was measured."""
