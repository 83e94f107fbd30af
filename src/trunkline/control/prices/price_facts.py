"""What vendors' price pages say and the bundled list does not.

Each fact has its page. What neither knows is left unknown, and a bill that needs it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from trunkline.core.price import NANOS_PER_USD, Price, Rate, nanos

_MILLION_AUDIO: Final[Mapping[str, tuple[str, str]]] = {
    "gpt-4o-audio-preview": ("40", "80"),
    "gpt-4o-mini-audio-preview": ("10", "20"),
}
"""Dollars per million tokens heard and spoken: https://developers.openai.com/api/docs/models/gpt-4o-audio-preview"""

_SEARCH_MODELS: Final[Mapping[str, str]] = {
    "gpt-4o-search-preview": "0.025",
    "gpt-4o-mini-search-preview": "0.025",
    "gpt-5-search-api": "0.01",
}
"""Dollars of the search that every call of such a model makes: https://developers.openai.com/api/docs/pricing"""

_PREVIEW_SEARCH: Final = nanos("0.025")
"""OpenAI's older search tool (``web_search_preview``) with models that do not reason, beside which the tokens that it
finds are free; the newer one, and with the others, is in the list. https://developers.openai.com/api/docs/pricing"""

_CONTAINERS: Final = {"openai": nanos("0.03"), "azure-openai": nanos("0.033")}
"""Each GB of memory of a container that code runs in, for 20 minutes: 1 GB $0.03, 4 GB $0.12, 16 GB $0.48, 64 GB $1.92
at OpenAI, which since June 2026 bills a shorter session by the minute, five at least. No answer tells how long one ran,
so that this is the most that it cost. https://developers.openai.com/api/docs/pricing,
https://developers.openai.com/api/docs/changelog, https://azure.microsoft.com/pricing/details/azure-openai/"""

_AZURE_SEARCH: Final = nanos("0.014")
"""Grounding with Bing: https://www.microsoft.com/en-us/bing/apis/grounding-pricing"""

_LEAST_SOUND_MS: Final = 10_000
"""Groq bills ten seconds of sound at least: https://console.groq.com/docs/speech-to-text"""

_MAPS: Final = {True: nanos("0.025"), False: nanos("0.014")}
"""Grounding with Google Maps: $25 per 1,000 prompts with Gemini 2, $14 per 1,000 queries with Gemini 3 and later.
https://ai.google.dev/gemini-api/docs/pricing"""

_DOUBLED_FROM: Final[Mapping[str, int]] = dict.fromkeys(
    (
        "grok-4-0709",
        "grok-4-fast-reasoning",
        "grok-4-fast-non-reasoning",
        "grok-4-1-fast-reasoning",
        "grok-4-1-fast-non-reasoning",
    ),
    128_000,
)
"""Input tokens above which a model costs double: https://docs.x.ai/docs/models, https://openrouter.ai/x-ai/grok-4. Of
later ones, which do from 200,000 on, the list knows."""

_RERANK: Final[Mapping[str, int]] = dict.fromkeys(
    ("rerank-v3.5", "rerank-english-v3.0", "rerank-multilingual-v3.0"), nanos("0.002")
)
"""One search: https://cohere.com/pricing"""

_FREE: Final = ("omni-moderation-", "text-moderation-")
"""https://developers.openai.com/api/docs/guides/moderation: free of charge"""

_TTS: Final[Mapping[str, tuple[str, str]]] = {"gpt-4o-mini-tts": ("0.6", "12")}
"""Dollars per million tokens of text and of sound: https://developers.openai.com/api/docs/models/gpt-4o-mini-tts"""


def add_facts(provider_id: str, listed: str, model: str, price: Price) -> Price:
    """``price`` of the model that the list calls ``listed`` and its provider ``model``, with what the list lacks."""
    facts: dict[str, object] = {}
    if provider_id in _CONTAINERS:
        facts |= _of_openai(provider_id, listed, model, price)
    elif provider_id in {"gemini", "vertex"} and "claude" not in listed:
        older = listed.startswith(("gemini-1", "gemini-2"))
        # A prompt to Gemini 2 costs the same however often it searches; Gemini 3 and later pay for each query. All
        # kinds of input cost the same where the page does not tell them apart.
        facts = {"search_once": older, "per_map_search": _MAPS[older], "sound_as_text": True}
    elif provider_id == "groq" and price.per_hour is not None:
        facts = {"least_ms": _LEAST_SOUND_MS}
    elif (threshold := _DOUBLED_FROM.get(listed)) is not None:
        facts = {
            name: _double(rate, threshold) for name in ("input", "output", "cached") if (rate := getattr(price, name))
        }
    return msgspec.structs.replace(price, **facts) if facts else price


def _of_openai(provider_id: str, listed: str, model: str, price: Price) -> dict[str, object]:
    facts: dict[str, object] = {"per_code_run": _CONTAINERS[provider_id]}
    if provider_id == "azure-openai" and price.per_search is not None:
        facts["per_search"] = _AZURE_SEARCH
    if listed.startswith(("gpt-4o", "gpt-4.1")):
        facts["per_preview_search"] = _PREVIEW_SEARCH
    sound = _MILLION_AUDIO.get(listed)
    if sound is not None:
        facts["audio_input"], facts["audio_output"] = (_rate(dollars) for dollars in sound)
    spoken = _TTS.get(listed)
    if spoken is not None:
        facts["audio_output"] = _rate(spoken[1])
    for name, fee in _SEARCH_MODELS.items():
        if model.startswith(name):
            facts["per_request"] = nanos(fee)
    return facts


def find_fixed(model: str) -> Price | None:
    """The price of a model that is sold by the search alone, or that costs nothing (OpenAI's moderation)."""
    if model.startswith(_FREE):
        return Price(input=Rate(0), output=Rate(0), source="developers.openai.com/api/docs/pricing")
    fee = _RERANK.get(model)
    return None if fee is None else Price(input=Rate(0), output=Rate(0), per_search=fee, source="cohere.com/pricing")


def _double(rate: Rate, threshold: int) -> Rate:
    return rate if rate.tiers else Rate(rate.base, ((threshold, 2 * rate.base),))


def _rate(dollars: str) -> Rate:
    return Rate(int(Decimal(dollars) * NANOS_PER_USD))
