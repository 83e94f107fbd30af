"""What providers say of their rate limits in the headers of an answer.

OpenAI and those like it: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers;
Anthropic: https://docs.anthropic.com/en/api/rate-limits#response-headers.
"""

from __future__ import annotations

from typing import Final

from trunkline.dialects.dialect import Headers

_PARTS: Final = ("limit", "remaining", "reset")
_OPENAI: Final = tuple(
    (f"{part}{kind.title()}", f"x-ratelimit-{part}-{kind}") for kind in ("requests", "tokens") for part in _PARTS
)
_ANTHROPIC: Final = tuple(
    (f"{part}{kind.title()}", f"anthropic-ratelimit-{kind}-{part}")
    for kind in ("requests", "tokens")
    for part in _PARTS
)


def says_rate_limit(headers: Headers) -> bool:
    """Whether there is something to be read."""
    get = headers.get
    return (
        get("x-ratelimit-limit-requests") is not None
        or get("x-ratelimit-limit-tokens") is not None
        or get("anthropic-ratelimit-requests-limit") is not None
    )


def read_rate_limit(headers: Headers) -> dict[str, str] | None:
    """``limitRequests``, ``remainingRequests``, ``resetRequests`` and the same for tokens, as they were written."""
    get = headers.get
    if get("x-ratelimit-limit-requests") is not None or get("x-ratelimit-limit-tokens") is not None:
        fields = _OPENAI
    elif get("anthropic-ratelimit-requests-limit") is not None:
        fields = _ANTHROPIC
    else:
        return None
    return {name: value for name, header in fields if (value := get(header)) is not None}


class RateLimits:
    """The last reading per configuration, until somebody collects it."""

    __slots__ = ("_last", "_told")

    def __init__(self) -> None:
        self._told: dict[str, tuple[float, Headers]] = {}
        self._last: dict[str, tuple[float, Headers]] = {}

    def note(self, configuration_id: str, headers: Headers, now: float) -> None:
        """Keep what ``headers`` say, if they say anything. ``now`` is seconds since the epoch."""
        # All but the last of them are never read.
        if says_rate_limit(headers):
            self._told[configuration_id] = (now, headers)
            self._last.pop(configuration_id, None)

    def note_success(self, configuration_id: str, headers: Headers, now: float) -> None:
        """The same of an answer that went well: whether they say anything is looked at when it is collected.

        A provider that tells its limits does so in each of these.
        """
        self._last[configuration_id] = (now, headers)

    def collect(self) -> dict[str, tuple[float, dict[str, str]]]:
        """All readings since the last time."""
        told, self._told = self._told, {}
        last, self._last = self._last, {}
        told.update((place, noted) for place, noted in last.items() if says_rate_limit(noted[1]))
        return {place: (now, read_rate_limit(headers) or {}) for place, (now, headers) in told.items()}
