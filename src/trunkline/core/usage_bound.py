"""Figures of providers, held to what a call can have used at all.

A server that tells nonsense (``prompt_tokens: 9223372036854775807``) must neither bill anybody nor overflow a sum: such
figures are refused, and the call is counted by our own rule and marked as estimated, as if nothing had been told.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.price import NANOS_PER_USD

LARGEST_COUNT: Final = 64_000_000
"""Tokens of one call where nothing is known of its model. The largest windows hold ten million."""

ROUNDS: Final = 32
"""How many times a call may fill its model's window: a provider's own tools, and several choices, make it read again
(https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool#usage-and-pricing)."""

SMALLEST_WINDOW: Final = 131_072
"""A window that is listed smaller may be an older one, or that of a variant; the bound is no tighter for it."""

LARGEST_COST: Final = 100_000 * NANOS_PER_USD
"""Nano-dollars of one call that a provider's own figure is believed up to."""

_LARGEST_SOUND: Final = 30 * 24 * 3_600_000
_LARGEST_NUMBER: Final = 100_000


def believe(usage: Usage | None, window: int | None = None) -> Usage | None:
    """``usage`` where it can be true, else None. ``window`` is how many tokens the model takes, where that is known.

    A cost beyond belief is left out alone: the tokens beside it may be right.
    """
    if usage is None:
        return None
    largest = LARGEST_COUNT if window is None else min(max(window, SMALLEST_WINDOW) * ROUNDS, LARGEST_COUNT)
    if not (0 <= usage.input <= largest and 0 <= usage.output <= largest):
        return None
    if usage == Usage(usage.input, usage.output):
        # Nearly every one.
        return usage
    parts = (
        usage.cached,
        usage.cache_write,
        usage.cache_write_1h,
        usage.reasoning,
        usage.audio_input,
        usage.audio_output,
        usage.image_input,
        usage.cached_audio,
        usage.cached_image,
        usage.image_output,
    )
    if any(parts) and not (min(parts) >= 0 and max(parts) <= largest):
        return None
    numbers = (
        usage.images,
        usage.searches,
        usage.preview_searches,
        usage.map_searches,
        usage.file_searches,
        usage.code_runs,
    )
    if any(numbers) and not (min(numbers) >= 0 and max(numbers) <= _LARGEST_NUMBER):
        return None
    if not 0 <= usage.audio_ms <= _LARGEST_SOUND:
        return None
    if usage.rounds and any(believe(one, window) is None for one in usage.rounds):
        return None
    if usage.cost_nanos is not None and not 0 <= usage.cost_nanos <= LARGEST_COST:
        usage = msgspec.structs.replace(usage, cost_nanos=None)
    return hold_sums(usage)


def hold_sums(usage: Usage) -> Usage:
    """``usage`` in which parts are parts: a part that is larger than its whole was counted beside it.

    Servers that put Claude behind OpenAI's wire tell the input without what came from the cache, and some count
    thoughts beside the answer.
    """
    stored = usage.cached + usage.cache_write
    given = usage.input + stored if stored > usage.input else usage.input
    made = usage.output + usage.reasoning if usage.reasoning > usage.output else usage.output
    if given is usage.input and made is usage.output:
        return usage
    return msgspec.structs.replace(usage, input=given, output=made)
