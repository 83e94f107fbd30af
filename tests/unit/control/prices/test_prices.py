"""Our cost of a call equals what genai-prices itself says, for every model that is sold by the token."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage as ListedUsage
from genai_prices import data_snapshot
from genai_prices.types import ModelInfo, ModelPrice
from genai_prices.types import Provider as ListedProvider
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.control.prices.price_list_making import make_price, make_price_list
from trunkline.control.prices.prices import LOCAL, PriceBook, convert_price
from trunkline.core.chat import Usage
from trunkline.core.price import Price, Rate, nanos
from trunkline.providers.registry import find

INEXPRESSIBLE = {
    # Sold by other units beside tokens: seconds, pages, characters, searches, pictures, video.
    "output_reasoning_mtok",
    "output_citation_mtok",
    "input_video_mtok",
    "output_video_mtok",
}
"""Units of the list that a generated usage below could hit and that our price cannot say."""

SNAPSHOT = data_snapshot.get_snapshot()
MODELS: list[tuple[ListedProvider, ModelInfo]] = [
    (provider, model) for provider in SNAPSHOT.providers for model in provider.models
]


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Token counts whose parts fit into their totals."""
    cached = draw(st.integers(0, 400_000))
    write = draw(st.integers(0, 300_000))
    audio = draw(st.integers(0, 50_000))
    audio_out = draw(st.integers(0, 20_000))
    return Usage(
        input=cached + write + audio + draw(st.integers(0, 400_000)),
        output=audio_out + draw(st.integers(0, 100_000)),
        cached=cached,
        cache_write=write,
        cache_write_1h=draw(st.integers(0, write)),
        audio_input=audio,
        audio_output=audio_out,
    )


def narrow(usage: Usage, listed: ModelPrice) -> Usage:
    """``usage`` without those parts that the list would have to divide in a way it cannot (it raises then)."""
    present = {key for key, value in vars(listed).items() if value is not None}
    audio = {"input_audio_mtok", "output_audio_mtok"} & present
    return Usage(
        input=usage.input,
        output=usage.output,
        cached=usage.cached,
        cache_write=usage.cache_write,
        cache_write_1h=usage.cache_write_1h,
        audio_input=usage.audio_input if audio else 0,
        audio_output=usage.audio_output if audio else 0,
    )


def listed_cost(listed: ModelPrice, usage: Usage) -> Decimal:
    counts = {
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "cache_read_tokens": usage.cached,
        "cache_write_tokens": usage.cache_write,
        "cache_write_1h_tokens": usage.cache_write_1h,
        "input_audio_tokens": usage.audio_input,
        "output_audio_tokens": usage.audio_output,
        "cache_audio_read_tokens": 0,
        "cache_image_read_tokens": 0,
        "input_image_tokens": 0,
        "output_image_tokens": 0,
    }
    known = set(SNAPSHOT_KEYS)
    return listed.calc_price(ListedUsage(**{key: value for key, value in counts.items() if key in known}))[
        "total_price"
    ]


SNAPSHOT_KEYS = [
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "cache_audio_read_tokens",
    "cache_image_read_tokens",
    "input_image_tokens",
    "output_image_tokens",
]


def prices_of(model: ModelInfo) -> list[ModelPrice]:
    return [model.prices] if isinstance(model.prices, ModelPrice) else [priced.prices for priced in model.prices]


@settings(max_examples=15, deadline=None)
@given(usage=usages())
def test_every_listed_model_costs_what_the_list_says(usage: Usage) -> None:
    compared = 0
    for provider, model in MODELS:
        for listed in prices_of(model):
            price = convert_price(make_price(listed))
            if price is None or any(getattr(listed, key) is not None for key in INEXPRESSIBLE):
                continue
            mine = narrow(usage, listed)
            expected = listed_cost(listed, mine) * 1_000_000_000
            assert abs(Decimal(price.cost(mine)) - expected) <= 1, (provider.id, model.id, listed, mine)
            compared += 1
    assert compared > 2_000


def test_a_model_sold_by_pages_alone_has_no_price() -> None:
    unpriced = {
        (provider.id, model.id)
        for provider, model in MODELS
        if all(convert_price(make_price(listed)) is None for listed in prices_of(model))
    }
    assert ("mistral", "mistral-ocr-2512") in unpriced
    assert ("groq", "whisper-large-v3") not in unpriced
    assert ("openai", "gpt-4o-mini") not in unpriced


@pytest.mark.parametrize("name", ["ollama", "vllm", "lm-studio", "llama-cpp", "demo"])
def test_what_people_run_themselves_costs_nothing(name: str) -> None:
    price = PriceBook(make_price_list()).find(find(name), "anything")
    assert price is LOCAL
    assert price.cost(Usage(input=10**6, output=10**6)) == 0
    assert price.source == "local"


def test_finds_by_alias_and_dated_name() -> None:
    book = PriceBook(make_price_list())
    plain, dated = book.find(find("openai"), "gpt-4o-mini"), book.find(find("openai"), "gpt-4o-mini-2024-07-18")
    assert plain is not None
    assert plain == dated
    assert plain.input.base == nanos("0.15")
    assert plain.source.startswith("genai-prices ")


def test_an_unknown_model_has_no_price() -> None:
    book = PriceBook(make_price_list())
    assert book.find(find("openai"), "no-such-model") is None
    assert book.find(find("openai"), "no-such-model") is None
    assert book.find(find("custom"), "gpt-4o-mini") is None


def test_a_price_by_the_time_of_day_follows_the_clock() -> None:
    moment = datetime(2025, 3, 1, 10, 0, tzinfo=UTC)
    book = PriceBook(make_price_list(), lambda: moment)
    day = book.find(find("deepseek"), "deepseek-chat")
    moment = datetime(2025, 3, 1, 20, 0, tzinfo=UTC)
    night = book.find(find("deepseek"), "deepseek-chat")
    assert day is not None
    assert night is not None
    assert night.output.base < day.output.base


def test_a_providers_own_list_wins() -> None:
    book = PriceBook(make_price_list())
    own = Price(input=Rate(1), output=Rate(2), source="openrouter")
    assert book.find(find("openrouter"), "openai/gpt-4o-mini") not in (None, own)
    book.learn("openrouter", {"openai/gpt-4o-mini": own})
    assert book.find(find("openrouter"), "openai/gpt-4o-mini") is own
    other = book.find(find("openrouter"), "openai/gpt-4o")
    assert other is not None
    assert other.source.startswith("genai-prices ")


def test_lists_models_that_are_not_deprecated() -> None:
    ids = {model.id for model in PriceBook(make_price_list()).models(find("anthropic"))}
    assert any(name.startswith("claude-") for name in ids)
    assert list(PriceBook(make_price_list()).models(find("custom"))) == []
