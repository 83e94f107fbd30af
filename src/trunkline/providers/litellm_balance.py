"""How LiteLLM balances between the entries of one model, as weights and priorities of ours.

A weight counts where the first entry has one, else its requests, else its tokens per minute; entries with an ``order``
go before all others, the lowest first: https://docs.litellm.ai/docs/routing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue

LARGEST_WEIGHT: Final = 1000

_MEASURES: Final = ("weight", "rpm", "tpm")


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says of itself; None: nothing."""

    weight: float | None = None
    rpm: float | None = None
    tpm: float | None = None
    order: float | None = None

    @classmethod
    def read(cls, params: Mapping[str, JsonValue]) -> Balance:
        """From ``litellm_params``. What is no number counts as not said."""
        return cls(**{name: _number(params.get(name)) for name in (*_MEASURES, "order")})


class Share(msgspec.Struct, frozen=True):
    """An entry's place: ``rank`` is 0 for those that go first; ``weight`` is 0 to 1000, 0 for who is never chosen."""

    rank: int
    weight: int


def share_out(entries: Sequence[Balance]) -> list[Share]:
    """The place of each of the entries of one model."""
    weights = _weigh(entries)
    orders = sorted({entry.order for entry in entries if entry.order is not None})
    ranks = {order: rank for rank, order in enumerate(orders)}
    return [
        Share(len(orders) if entry.order is None else ranks[entry.order], weight)
        for entry, weight in zip(entries, weights, strict=True)
    ]


def _weigh(entries: Sequence[Balance]) -> list[int]:
    for measure in _MEASURES:
        if entries and getattr(entries[0], measure) is not None:
            values = [max(getattr(entry, measure) or 0.0, 0.0) for entry in entries]
            most = max(values)
            if most == 0:
                break
            # Whole numbers that fit stay as they are, so that people find them again.
            fits = most <= LARGEST_WEIGHT and all(value.is_integer() for value in values)
            scale = 1.0 if fits else LARGEST_WEIGHT / most
            return [max(round(value * scale), 1) if value else 0 for value in values]
    return [1] * len(entries)


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
