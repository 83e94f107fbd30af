"""Values of settings that no wire could carry, whatever provider they are for."""

from __future__ import annotations

import math
from typing import Final

from trunkline.core.chat import JsonValue

DEPTH_LIMIT: Final = 20
"""Levels of lists and objects in one setting."""


def find_json_problem(value: JsonValue, depth: int = 0) -> str | None:
    """What is wrong with ``value``: numbers without a JSON form or beyond 64 bits, and nesting without end."""
    if depth > DEPTH_LIMIT:
        return f"is nested more than {DEPTH_LIMIT} levels deep."
    match value:
        case bool():
            return None
        case int() if not -(2**63) <= value < 2**63:
            return "holds a number beyond 64 bits."
        case float() if not math.isfinite(value):
            return "must be a finite number."
        case dict():
            inner = list(value.values())
        case list():
            inner = value
        case _:
            return None
    return next((problem for item in inner if (problem := find_json_problem(item, depth + 1)) is not None), None)
