"""Prices on terms that are not the usual ones. The figures are those of the vendors' pages, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from trunkline.control.prices.price_list_making import make_price_list
from trunkline.control.prices.prices import PriceBook
from trunkline.core.chat import Usage
from trunkline.core.price import nanos
from trunkline.core.terms import Terms
from trunkline.providers.registry import find

BOOK = PriceBook(make_price_list(), lambda: datetime(2026, 11, 1, tzinfo=UTC))
USED = Usage(input=100_000, output=10_000, cached=40_000)


def cost(provider: str, model: str, terms: Terms, usage: Usage = USED) -> int | None:
    price = BOOK.find(find(provider), model, terms)
    assert price is not None
    return None if price.lacks(usage) else price.cost(usage)


@pytest.mark.parametrize(
    ("provider", "model", "terms", "rates"),
    [
        # https://developers.openai.com/api/docs/pricing: input, cached, output in dollars per million
        ("openai", "gpt-5-mini", Terms(), ("0.25", "0.025", "2")),
        ("openai", "gpt-5-mini", Terms("flex"), ("0.125", "0.0125", "1")),
        ("openai", "gpt-5-mini-2025-08-07", Terms("flex"), ("0.125", "0.0125", "1")),
        ("openai", "gpt-5-mini", Terms("priority"), ("0.45", "0.045", "3.6")),
        ("openai", "gpt-5-mini", Terms("batch"), ("0.125", "0.0125", "1")),
        ("openai", "gpt-4.1", Terms("priority"), ("3.5", "0.875", "14")),
        ("openai", "gpt-5.4", Terms(geo="eu"), ("2.75", "0.275", "16.5")),
        ("openai", "gpt-4.1", Terms(geo="eu"), ("2", "0.5", "8")),
        ("azure-openai", "gpt-5", Terms("priority"), ("2.5", "0.25", "20")),
        # https://ai.google.dev/gemini-api/docs/pricing
        ("gemini", "gemini-2.5-flash", Terms("flex"), ("0.15", "0.03", "1.25")),
        ("gemini", "models/gemini-2.5-flash", Terms("priority"), ("0.54", "0.054", "4.5")),
        ("gemini", "gemini-3.1-flash-lite", Terms("flex"), ("0.125", "0.0125", "0.75")),
        ("gemini", "gemini-3.5-flash", Terms("flex"), ("0.75", "0.08", "4.5")),
        ("vertex", "gemini-2.5-flash", Terms("on_demand_flex"), ("0.15", "0.03", "1.25")),
        ("vertex", "gemini-3.5-flash", Terms(geo="regional"), ("1.65", "0.165", "9.9")),
        ("vertex", "gemini-2.5-flash", Terms(geo="regional"), ("0.3", "0.03", "2.5")),
        # https://platform.claude.com/docs/en/about-claude/pricing
        ("anthropic", "claude-opus-4-8", Terms(speed="fast"), ("10", "1", "50")),
        ("anthropic", "claude-opus-4-6", Terms(geo="us"), ("5.5", "0.55", "27.5")),
        ("anthropic", "claude-opus-5", Terms(speed="fast", geo="us"), ("11", "1.1", "55")),
        ("anthropic", "claude-haiku-4-5", Terms("batch"), ("0.5", "0.05", "2.5")),
        # https://aws.amazon.com/bedrock/pricing/
        ("bedrock", "us.amazon.nova-pro-v1:0", Terms("flex"), ("0.4", "0.1", "1.6")),
        ("bedrock", "amazon.nova-pro-v1:0", Terms("priority"), ("1.4", "0.35", "5.6")),
        # https://console.groq.com/docs/flex-processing
        ("groq", "openai/gpt-oss-120b", Terms("flex"), ("0.15", "0.075", "0.6")),
    ],
)
def test_it_costs_what_the_vendor_says(provider: str, model: str, terms: Terms, rates: tuple[str, str, str]) -> None:
    plain, cached, made = (Decimal(rate) for rate in rates)
    expected = (60_000 * plain + 40_000 * cached + 10_000 * made) / 1_000_000
    assert cost(provider, model, terms) == nanos(expected)


@pytest.mark.parametrize(
    ("provider", "model", "terms", "lacking"),
    [
        ("openai", "gpt-5-mini", Terms("scale"), "serviceTier"),
        ("openai", "gpt-5-nano", Terms("priority"), "serviceTier"),
        ("anthropic", "claude-sonnet-4-5", Terms("priority"), "serviceTier"),
        ("anthropic", "claude-sonnet-4-5", Terms(speed="fast"), "speed"),
        ("anthropic", "claude-opus-4-6", Terms(geo="eu"), "inferenceGeo"),
        ("vertex", "gemini-2.5-pro", Terms("provisioned_throughput"), "serviceTier"),
        ("bedrock", "us.amazon.nova-pro-v1:0", Terms("reserved"), "serviceTier"),
        ("bedrock", "us.amazon.nova-pro-v1:0", Terms(speed="optimized"), "speed"),
        ("groq", "openai/gpt-oss-120b", Terms("performance"), "serviceTier"),
        ("mistral", "mistral-large-2512", Terms("priority"), "serviceTier"),
    ],
)
def test_terms_without_a_known_price_are_named(provider: str, model: str, terms: Terms, lacking: str) -> None:
    price = BOOK.find(find(provider), model, terms)
    assert price is not None
    assert price.lacks(USED) == (lacking,)


def test_a_tier_that_the_list_knows_from_a_later_day_on_counts_before_it() -> None:
    early = PriceBook(make_price_list(), lambda: datetime(2026, 1, 1, tzinfo=UTC)).find(
        find("openai"), "gpt-5-mini", Terms("flex")
    )
    assert early is not None
    assert early.output.base == nanos("1")


def test_a_long_prompt_costs_its_tier_on_other_terms_too() -> None:
    usage = Usage(input=300_000, output=1_000)
    # https://ai.google.dev/gemini-api/docs/pricing#gemini-2.5-pro: $2.50 and $15 above 200,000 tokens
    assert cost("gemini", "gemini-2.5-pro", Terms("flex"), usage) == nanos("0.3825")
    assert cost("gemini", "gemini-2.5-pro", Terms("priority"), usage) == nanos("1.377")
