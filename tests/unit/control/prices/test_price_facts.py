"""What the list lacks and a price page has, worked out by hand; and models by the names that providers give them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trunkline.control.prices.price_list_making import make_price_list
from trunkline.control.prices.prices import PriceBook
from trunkline.core.bill import make_bill
from trunkline.core.chat import Usage
from trunkline.core.price import nanos
from trunkline.providers.registry import find

BOOK = PriceBook(make_price_list(), lambda: datetime(2026, 11, 1, tzinfo=UTC))


def cost(provider: str, model: str, usage: Usage, unmetered: str | None = None) -> int | None:
    return make_bill(lambda name: BOOK.find(find(provider), name), (model,), usage, unmetered=unmetered).cost_nanos


@pytest.mark.parametrize(
    ("provider", "model", "usage", "dollars"),
    [
        # https://developers.openai.com/api/docs/models/gpt-4o-audio-preview: $40 and $80 per million
        ("openai", "gpt-4o-audio-preview", Usage(input=1000, audio_input=1000), "0.04"),
        ("openai", "gpt-4o-audio-preview-2024-12-17", Usage(input=10, output=500, audio_output=500), "0.040025"),
        ("openai", "gpt-4o-mini-audio-preview", Usage(input=1000, audio_input=1000), "0.01"),
        ("openai", "gpt-audio", Usage(input=1000, audio_input=1000), "0.032"),
        # https://ai.google.dev/gemini-api/docs/pricing: sound $1, cached $0.10; Gemini 2.5 Pro asks one price for all
        ("gemini", "gemini-2.5-flash", Usage(input=1000, audio_input=800, cached=500, cached_audio=400), "0.000473"),
        ("gemini", "gemini-2.5-pro", Usage(input=1000, audio_input=1000), "0.00125"),
        ("gemini", "gemini-2.5-flash-image", Usage(input=10, output=1300, image_output=1290), "0.038728"),
        ("gemini", "gemini-2.5-flash", Usage(input=1000, searches=3), "0.0353"),
        ("gemini", "gemini-3-flash-preview", Usage(input=1000, searches=3), "0.0425"),
        ("gemini", "gemini-2.5-flash", Usage(input=1000, map_searches=1), "0.0253"),
        # https://developers.openai.com/api/docs/pricing: tools
        ("openai", "gpt-5-mini", Usage(input=1000, searches=2, file_searches=1), "0.02275"),
        ("openai", "gpt-4.1", Usage(input=1000, searches=2, preview_searches=2), "0.052"),
        ("openai", "gpt-5-mini", Usage(input=1000, searches=2, preview_searches=2), "0.02025"),
        ("openai", "gpt-5-mini", Usage(input=1000, code_runs=4), "0.12025"),
        ("azure-openai", "gpt-5-mini", Usage(input=1000, searches=1, code_runs=1), "0.04725"),
        ("openai", "gpt-4o-search-preview", Usage(input=1000), "0.0275"),
        ("openai", "gpt-5-search-api-2025-10-14", Usage(input=1000), "0.01125"),
        # https://platform.claude.com/docs/en/about-claude/pricing: $10 per 1,000 searches; $3, $3.75, $6
        ("anthropic", "claude-sonnet-4-6", Usage(input=3000, cache_write=2000, cache_write_1h=1000), "0.01275"),
        ("anthropic", "claude-sonnet-4-6", Usage(input=1000, searches=3), "0.033"),
        # https://docs.x.ai/docs/models: double above 128,000
        ("xai", "grok-4", Usage(input=128_000, output=100), "0.3855"),
        ("xai", "grok-4-0709", Usage(input=128_001, output=100), "0.771006"),
    ],
)
def test_it_costs_what_the_page_says(provider: str, model: str, usage: Usage, dollars: str) -> None:
    assert cost(provider, model, usage) == nanos(dollars)


@pytest.mark.parametrize(
    ("provider", "model", "usage", "dollars"),
    [
        ("openai", "whisper-1", Usage(audio_ms=60_000), "0.006"),
        ("groq", "whisper-large-v3", Usage(audio_ms=3_600_000), "0.111"),
        ("groq", "whisper-large-v3", Usage(audio_ms=2_000), "0.000308333"),
        ("openai", "omni-moderation-latest", Usage(input=100), "0"),
        ("openai", "tts-1", Usage(characters=1000), "0.015"),
        ("openai", "tts-1-hd-1106", Usage(characters=1000), "0.03"),
        ("cohere", "rerank-v3.5", Usage(searches=2), "0.004"),
        ("openai", "dall-e-3", Usage(images=1), None),
        ("openai", "gpt-4o-mini-tts", Usage(characters=1000), None),
    ],
)
def test_what_is_not_sold_by_tokens(provider: str, model: str, usage: Usage, dollars: str | None) -> None:
    assert cost(provider, model, usage, "images") == (None if dollars is None else nanos(dollars))


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("gemini", "models/gemini-2.5-pro", "1.25"),
        ("vertex", "publishers/google/models/gemini-2.5-pro", "1.25"),
        ("vertex", "projects/p/locations/us-east1/publishers/google/models/gemini-2.5-flash", "0.3"),
        ("vertex", "gemini-2.5-flash-001", "0.3"),
        ("azure-openai", "gpt-35-turbo", "0.5"),
        ("azure-openai", "gpt-4o-2024-08-06", "2.5"),
        ("anthropic", "anthropic/claude-sonnet-4.6", "3"),
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3"),
        ("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3"),
        ("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "3"),
        ("bedrock", "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-opus-4-6-v1", "5"),
        ("bedrock", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-6-v1", "5.5"),
        ("bedrock", "amazon.nova-2-lite-v1:0", "0.33"),
        ("openrouter", "anthropic/claude-sonnet-4.5:nitro", "3"),
        ("openrouter", "deepseek/deepseek-r1:free", "0"),
    ],
)
def test_a_model_is_found_by_its_providers_name(provider: str, model: str, dollars: str) -> None:
    price = BOOK.find(find(provider), model)
    assert price is not None
    assert price.input.base == nanos(dollars)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "ft:gpt-4.1-2025-04-14:mine::abc"),
        ("bedrock", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc"),
        ("azure-openai", "prod-chat"),
        ("vertex", "projects/p/locations/l/endpoints/123"),
    ],
)
def test_a_name_that_tells_no_model_has_no_price(provider: str, model: str) -> None:
    assert BOOK.find(find(provider), model) is None
