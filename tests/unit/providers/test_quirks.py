from __future__ import annotations

import json

import pytest

from trunkline.dialects.openai_chat.passing_edit import PassingEdit
from trunkline.dialects.passthrough import Changes
from trunkline.providers import PROVIDERS, quirk
from trunkline.providers.quirks import _ROWS


def passed(provider: str, model: str, **fields: object) -> dict:
    habits = quirk(provider, model)
    body = json.dumps({"model": "x", "messages": [], **fields}).encode()
    changes = Changes(model=model, rename=habits.rename, drop=habits.drop, stream_usage=habits.stream_usage)
    edited = PassingEdit(changes)(body)
    return json.loads(edited[0])


def test_rows_name_providers_that_exist() -> None:
    assert {row.provider for row in _ROWS} <= set(PROVIDERS)


@pytest.mark.parametrize(
    "model", ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.2-pro", "gpt-6-sol", "gpt-5-mini"]
)
def test_openais_reasoning_models_take_no_sampling(model: str) -> None:
    body = passed("openai", model, temperature=0.2, top_p=1, max_tokens=9, presence_penalty=1, logprobs=True)
    assert body == {"model": model, "messages": [], "max_completion_tokens": 9}
    assert quirk("openai", model).minimum_max_tokens > 1


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "gpt-3.5-turbo", "gpt-5-chat-latest", "chatgpt-4o-latest"])
def test_openais_other_models_keep_it(model: str) -> None:
    body = passed("openai", model, temperature=0.2, max_tokens=9, reasoning_effort="low")
    assert body == {"model": model, "messages": [], "temperature": 0.2, "max_completion_tokens": 9}


@pytest.mark.parametrize(
    ("model", "thinking", "sampling"),
    [
        ("claude-3-haiku-20240307", "none", True),
        ("claude-3-5-sonnet-latest", "none", True),
        ("claude-3-7-sonnet-latest", "budget", True),
        ("claude-opus-4-20250514", "budget", True),
        ("claude-sonnet-4-5-20250929", "budget", True),
        ("claude-haiku-4-5", "budget", True),
        ("claude-opus-4-6", "any", True),
        ("claude-opus-4-7", "adaptive", False),
        ("claude-opus-4-8", "adaptive", False),
        ("claude-sonnet-5", "adaptive", False),
        ("claude-haiku-5-5", "adaptive", False),
        ("claude-fable-5-2", "adaptive", False),
    ],
)
def test_claudes_generations(model: str, thinking: str, sampling: bool) -> None:
    habits = quirk("anthropic", model)
    assert habits.thinking == thinking
    assert ("temperature" not in habits.drop) == sampling


@pytest.mark.parametrize(
    ("model", "thinking", "penalties"),
    [
        ("gemini-2.0-flash", "none", True),
        ("gemini-1.5-pro", "none", False),
        ("gemini-2.5-flash", "dynamic", False),
        ("gemini-3-flash-preview", "any", False),
        ("gemini-4-argon", "any", False),
    ],
)
def test_geminis_generations(model: str, thinking: str, penalties: bool) -> None:
    habits = quirk("gemini", model)
    assert habits.thinking == thinking
    assert ("presence_penalty" not in habits.drop) == penalties


def test_mistral_has_its_own_name_for_the_seed() -> None:
    body = passed("mistral", "mistral-small-latest", seed=1, max_completion_tokens=5, logit_bias={}, stream=True)
    assert body == {
        "model": "mistral-small-latest",
        "messages": [],
        "random_seed": 1,
        "max_tokens": 5,
        "stream": True,
    }


@pytest.mark.parametrize("provider", ["mistral", "cohere", "perplexity"])
def test_where_usage_comes_unasked_it_is_not_asked_for(provider: str) -> None:
    body = passed(provider, "m", stream=True, stream_options={"include_usage": True})
    assert "stream_options" not in body


def test_groks_reasoning_models_take_no_penalties() -> None:
    assert "presence_penalty" not in passed("xai", "grok-4-fast-reasoning", presence_penalty=1)
    assert "presence_penalty" in passed("xai", "grok-4-1-fast-non-reasoning", presence_penalty=1)
    assert quirk("xai", "grok-4").refuse == {"stop"}


def test_what_is_unknown_is_left_alone() -> None:
    fields = {"temperature": 1, "max_tokens": 3, "seed": 1, "anything": True}
    assert passed("custom", "o1", **fields) == {"model": "o1", "messages": [], **fields}


def test_the_field_of_the_limit_is_the_one_that_is_renamed_to() -> None:
    for row in _ROWS:
        if "max_tokens" in row.quirk.rename:
            assert row.quirk.max_tokens_field == row.quirk.rename["max_tokens"]
        if "max_completion_tokens" in row.quirk.rename:
            assert row.quirk.max_tokens_field == "max_tokens"


@pytest.mark.parametrize(
    ("model", "thinking", "dropped", "cached"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", "none", set(), True),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", "budget", set(), True),
        ("eu.anthropic.claude-sonnet-4-20250514-v1:0", "budget", set(), True),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "budget", set(), True),
        ("global.anthropic.claude-opus-4-8-v1:0", "adaptive", {"temperature", "top_p", "top_k"}, True),
        ("anthropic.claude-sonnet-5-v1:0", "adaptive", {"temperature", "top_p", "top_k"}, True),
        (
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-opus-4-6-v1:0",
            "any",
            set(),
            True,
        ),
        ("us.amazon.nova-lite-v1:0", "none", {"top_k"}, True),
        ("mistral.mistral-large-2402-v1:0", "none", set(), False),
        ("us.meta.llama3-3-70b-instruct-v1:0", "none", {"top_k"}, False),
    ],
)
def test_models_behind_converse(model: str, thinking: str, dropped: set[str], cached: bool) -> None:
    habits = quirk("bedrock", model)
    assert (habits.thinking, set(habits.drop), habits.cache_hints) == (thinking, dropped, cached)


def test_what_is_sold_twice_is_the_same_model() -> None:
    for model in ("gpt-5-mini", "gpt-4o", "o3"):
        assert quirk("azure-openai", model) == quirk("openai", model)
    for model in ("gemini-2.5-flash", "gemini-2.0-flash", "gemini-3-pro"):
        assert quirk("vertex", model) == quirk("gemini", model)
