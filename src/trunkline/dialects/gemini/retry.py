"""When to come back, in Google's durations."""

from __future__ import annotations

import math


def read_delay(text: str) -> float | None:
    """A duration such as ``33s`` or ``1.5s`` (https://protobuf.dev/reference/protobuf/google.protobuf/#duration)."""
    return _seconds(text[:-1]) if text.endswith("s") else None


def write_delay(seconds: float) -> str:
    """``33.0`` as ``33s``."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def _seconds(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) and value >= 0 else None
