"""When to come back: headers, and Google's durations."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from trunkline.dialects.dialect import Headers


def read_retry_after(headers: Headers) -> float | None:
    """Seconds, from ``retry-after-ms`` or ``retry-after`` (seconds, or a date counted from the answer's own ``date``).

    A date without the answer's own date says nothing, since a dialect has no clock.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    millis = _seconds(headers.get("retry-after-ms"))
    if millis is not None:
        return millis / 1000
    value = headers.get("retry-after")
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    until, now = _moment(value), _moment(headers.get("date"))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


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


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
