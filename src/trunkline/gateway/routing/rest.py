"""How long a provider wants to be left alone, by what it says of its rate limits in a good answer.

A limit of which nothing remains will refuse the next call, until it is reset. The texts are a duration as Go writes it
(``6m0s``, ``120ms``: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers), a time
(https://docs.anthropic.com/en/api/rate-limits#response-headers) or seconds, as some that are like OpenAI have it.
"""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import Final

from trunkline.dialects.dialect import Headers
from trunkline.dialects.rfc3339 import read_time
from trunkline.gateway.rate_reading import says_rate_limit

_PAIRS: Final = (
    *((f"x-ratelimit-remaining-{kind}", f"x-ratelimit-reset-{kind}") for kind in ("requests", "tokens")),
    *(
        (f"anthropic-ratelimit-{kind}-remaining", f"anthropic-ratelimit-{kind}-reset")
        for kind in ("requests", "tokens", "input-tokens", "output-tokens")
    ),
)
_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+")
_STEP: Final = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_EPOCH: Final = 1e9
"""Numbers above are no seconds from now, but a time, in seconds since the epoch."""


def read_rest(headers: Headers) -> float:
    """Seconds until all of the limits that are used up are reset; 0 where something remains, or nobody can tell."""
    if not says_rate_limit(headers):
        return 0.0
    get = headers.get
    return max(
        (_read_reset(get(reset), headers) for remaining, reset in _PAIRS if (get(remaining) or "").strip() == "0"),
        default=0.0,
    )


def _read_reset(text: str | None, headers: Headers) -> float:
    text = (text or "").strip()
    if _DURATION.fullmatch(text):
        return sum(float(number) * _SECONDS[unit] for number, unit in _STEP.findall(text))
    try:
        seconds = float(text)
    except ValueError:
        seconds = float(read_time(text))
    if seconds >= _EPOCH:
        seconds -= _read_now(headers)
    # What is not a number, and what is past, asks for nothing.
    return seconds if seconds > 0 else 0.0


def _read_now(headers: Headers) -> float:
    """The provider's own time, since clocks differ."""
    try:
        return parsedate_to_datetime(headers.get("date") or "").timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return time.time()
