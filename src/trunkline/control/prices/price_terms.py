"""The price of a model on terms that are not the usual ones: other tiers, fast mode, a region.

The list's own figures where it has them, else the vendor's rule from its price page, else unknown.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from trunkline.control.prices.listed_model import ListedModel
from trunkline.control.prices.listed_price import FromDay, ListedPrice, PriceVariant
from trunkline.core.price import Price, nanos
from trunkline.core.terms import Terms

_TIER: Final = "serviceTier"
_SPEED: Final = "speed"
_GEO: Final = "inferenceGeo"

_FACTORS: Final = {
    # https://ai.google.dev/gemini-api/docs/batch-api, https://platform.openai.com/docs/guides/batch,
    # https://docs.claude.com/en/docs/build-with-claude/batch-processing#pricing
    ("gemini", "batch"): Decimal("0.5"),
    ("openai", "batch"): Decimal("0.5"),
    ("anthropic", "batch"): Decimal("0.5"),
    # https://ai.google.dev/gemini-api/docs/pricing, https://ai.google.dev/gemini-api/docs/flex-inference
    ("gemini", "flex"): Decimal("0.5"),
    ("vertex", "flex"): Decimal("0.5"),
    ("gemini", "priority"): Decimal("1.8"),
    ("vertex", "priority"): Decimal("1.8"),
    # https://aws.amazon.com/bedrock/pricing/
    ("bedrock", "flex"): Decimal("0.5"),
    ("bedrock", "priority"): Decimal("1.75"),
    # https://console.groq.com/docs/flex-processing: "Pricing matches the on-demand tier."
    ("groq", "flex"): Decimal(1),
}
"""What a tier costs, as a multiple of the usual price, by provider."""

_CACHED: Final = {
    ("gemini-3.5-flash", "flex"): "0.08",
    ("gemini-3.5-flash-lite", "priority"): "0.05",
}
"""Dollars per million cached tokens where Google rounds: https://ai.google.dev/gemini-api/docs/pricing"""

_WORDS: Final = {
    # https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#TrafficType
    "on_demand_flex": "flex",
    "on_demand_priority": "priority",
    # https://developers.openai.com/api/docs/guides/priority-processing: a newer name for the same
    "fast": "priority",
}

_US_ONLY: Final = Decimal("1.1")
"""Anthropic, for all tokens: https://platform.claude.com/docs/en/about-claude/pricing#data-residency-pricing"""

_REGIONAL: Final = Decimal("1.1")
_REGIONAL_MODELS: Final = {
    # https://developers.openai.com/api/docs/pricing: data residency, models released since March 2026
    "openai": ("gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6", "gpt-realtime-2.1"),
    # https://cloud.google.com/vertex-ai/generative-ai/pricing: addresses other than the global one
    "vertex": (
        "gemini-3.1-flash-image",
        "gemini-3.1-flash-lite",
        "gemini-3.5",
        "gemini-3.6",
        "gemini-3.7",
        "gemini-3.8-flash",
        "gemini-4",
        "claude-haiku-4-5",
        "claude-opus-4-5",
        "claude-opus-4-6",
        "claude-opus-4-7",
        "claude-opus-4-8",
        "claude-sonnet-4-5",
        "claude-sonnet-4-6",
        "claude-haiku-5",
        "claude-opus-5",
        "claude-sonnet-5",
        "claude-fable",
    ),
}
"""Which models cost a tenth more where they are bound to a region; others cost the same everywhere."""


def list_on_terms(info: ListedModel, terms: Terms, now: datetime) -> tuple[ListedPrice, frozenset[str]]:
    """The listed price, and which of the terms it has figures of its own for.

    A figure that the list has only from a later day on, because nobody looked before, counts for earlier calls too.
    """
    price = info.price(now)
    chosen: list[tuple[str, PriceVariant]] = []
    for name, context in (
        (_TIER, ("processing", "batch") if terms.tier == "batch" else ("service_tier", terms.tier)),
        (_SPEED, ("speed", terms.speed)),
    ):
        variants = [one for one in info.variants if one.terms == {context[0]: context[1]}]
        holding = next((one for one in variants if one.when is None or one.when.holds(now)), None)
        if holding is None and variants:
            holding = min(variants, key=_since)
        if holding is not None:
            chosen.append((name, holding))
    # The first one's figures win.
    for _, variant in reversed(chosen):
        price = price.overlaid(variant.price)
    return price, frozenset(name for name, _ in chosen)


def read_listed_terms(provider_id: str, info: ListedModel, terms: Terms) -> Terms:
    """``terms`` in the words of the list."""
    tier = _WORDS.get(terms.tier, terms.tier) if provider_id != "anthropic" else terms.tier
    if tier == "flex" and provider_id in {"gemini", "vertex"} and not _has(info, "service_tier", "flex"):
        # Google's prices of both are the same, those of the cache among them.
        tier = "batch" if _has(info, "processing", "batch") else tier
    return msgspec.structs.replace(terms, tier=tier)


def put_on_terms(provider_id: str, listed: str, price: Price, terms: Terms, found: frozenset[str]) -> Price:
    """``price`` where the list has no figure of its own for one of ``terms``."""
    unknown: list[str] = []
    if terms.tier and _TIER not in found:
        factor = _FACTORS.get((provider_id, terms.tier))
        if factor is None:
            unknown.append(_TIER)
        elif factor != 1:
            price = price.times(factor)
            cached = _CACHED.get((listed, terms.tier))
            if cached is not None and price.cached is not None:
                price = msgspec.structs.replace(price, cached=msgspec.structs.replace(price.cached, base=nanos(cached)))
    if terms.speed and _SPEED not in found:
        unknown.append(_SPEED)
    if terms.geo:
        if provider_id == "anthropic":
            if terms.geo == "us":
                price = price.times(_US_ONLY)
            else:
                unknown.append(_GEO)
        elif listed.startswith(_REGIONAL_MODELS.get(provider_id, ())):
            price = price.times(_REGIONAL)
    return msgspec.structs.replace(price, unknown=tuple(unknown)) if unknown else price


def _has(info: ListedModel, key: str, value: str) -> bool:
    return any(one.terms == {key: value} for one in info.variants)


def _since(variant: PriceVariant) -> date:
    return variant.when.day if isinstance(variant.when, FromDay) else date.min
