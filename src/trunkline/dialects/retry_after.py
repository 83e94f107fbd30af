"""When a provider wants to be asked again, by the headers of its answer: one reading for every dialect.

``Retry-After`` is a number of seconds or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after);
``retry-after-ms`` is what OpenAI and Azure send beside it, and what the vendors' SDKs look at first
(https://github.com/openai/openai-python/blob/main/src/openai/_base_client.py).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from trunkline.dialects.dialect import Headers


def read_retry_after(headers: Headers) -> float | None:
    """Seconds to wait, never negative; None where the provider says nothing that can be understood.

    A date is measured from the answer's own ``Date``, since clocks differ. Where the provider sent none, ``outbound``
    has put the time at which the answer came in its place: a dialect has no clock.
    """
    milliseconds = _seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    until, now = _moment(value), _moment(headers.get("date"))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


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
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
