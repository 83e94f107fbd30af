"""Prices that a workspace has agreed on itself: which calls they are for, and what they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from trunkline.core.price import TOKEN_RATES, Price, Rate
from trunkline.core.terms import USUAL, Terms

UNITS: Final[Mapping[str, str]] = {
    "input": "input",
    "output": "output",
    "cachedInput": "cached",
    "cacheWrite": "cache_write",
    "cacheWrite1h": "cache_write_1h",
    "audioInput": "audio_input",
    "audioOutput": "audio_output",
    "imageInput": "image_input",
    "imageOutput": "image_output",
    "reasoning": "reasoning",
    "request": "per_request",
    "image": "per_image",
    "audioHour": "per_hour",
    "millionCharacters": "characters",
    "webSearch": "per_search",
    "mapSearch": "per_map_search",
    "fileSearch": "per_file_search",
    "codeRun": "per_code_run",
}
"""What a price can be of, as the API calls it, and the field of a :class:`Price`. Tokens are sold by the million."""

TIERS: Final = ("standard", "flex", "priority", "batch")

SOURCE: Final = "workspace"
"""Where such a price comes from, in the books."""


class PriceOverride(msgspec.Struct, frozen=True, kw_only=True):
    """Holds from ``starts_at`` to before ``ends_at`` (microseconds since the epoch; None: on and on), for a tier, of
    which the usual one is empty. ``amounts`` are nano-dollars by the names of :data:`UNITS`."""

    id: str
    provider: str
    model: str
    amounts: dict[str, int]
    tier: str = ""
    starts_at: int = 0
    ends_at: int | None = None

    def concerns(self, provider_id: str, model: str, terms: Terms, at: int) -> bool:
        """Whether it is for such a call, opened ``at`` that moment. In other regions it holds as well."""
        return (
            self.model == model
            and self.provider == provider_id
            and self.tier == terms.tier
            and not terms.speed
            and self.starts_at <= at
            and (self.ends_at is None or at < self.ends_at)
        )

    def lay_over(self, price: Price | None) -> Price:
        """``price`` with what this one says. What neither says costs nothing."""
        changed = {
            field: Rate(amount) if field in TOKEN_RATES else amount
            for name, amount in self.amounts.items()
            if (field := UNITS.get(name)) is not None
        }
        if price is None or price.unknown:
            price = Price(input=Rate(0), output=Rate(0))
        return msgspec.structs.replace(price, **changed, source=SOURCE, as_of=None)


def apply_overrides(
    price: Price | None,
    overrides: Iterable[PriceOverride],
    provider_id: str,
    model: str,
    at: int,
    terms: Terms = USUAL,
) -> Price | None:
    """``price``, which lists say of a model, with what the workspace has agreed on itself."""
    own = find_override(overrides, provider_id, (model,), terms, at) if overrides else None
    return price if own is None else own.lay_over(price)


def find_override(
    overrides: Iterable[PriceOverride], provider_id: str, models: Iterable[str], terms: Terms, at: int
) -> PriceOverride | None:
    """That of the first of ``models`` that has one; of several the one that began last."""
    for model in models:
        fitting = [one for one in overrides if one.concerns(provider_id, model, terms, at)]
        if fitting:
            return max(fitting, key=lambda one: (one.starts_at, one.id))
    return None
