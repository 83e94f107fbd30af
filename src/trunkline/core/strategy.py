"""How the targets of a route take turns."""

from __future__ import annotations

from typing import Literal

Strategy = Literal["priority", "weighted", "round-robin", "least-busy", "cheapest", "fastest"]
"""As listed, by chance, in turn, by what is under way, by price, or by what was measured."""

Cause = Literal["contextWindow", "contentFilter"]
"""What a target may be kept for: a request that is too long for the others, or that their content filters refuse."""
