from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.providers import PROVIDERS, compile_defaults, find, validate


def messages(provider: str, configuration: dict, **more: object) -> list[str]:
    errors = validate(find(provider), configuration, model=more.pop("model", None), **more)
    return [f"{error.field}: {error.message}" for error in errors]


def test_what_fits_is_not_mentioned() -> None:
    assert messages("openai", {}) == []
    assert messages("openai", {"temperature": 2, "maxTokens": 1, "topP": 0, "presencePenalty": -2}) == []


@pytest.mark.parametrize(
    ("provider", "configuration", "expected"),
    [
        ("openai", {"temperature": 3}, "configuration.temperature: must be between 0 and 2; got 3"),
        ("openai", {"temperature": 2.5}, "configuration.temperature: must be between 0 and 2; got 2.5"),
        ("gemini", {"temperature": 1.5}, "configuration.temperature: must be between 0 and 1; got 1.5"),
        ("openai", {"maxTokens": 0}, "configuration.maxTokens: must be between 1 and 128000; got 0"),
        ("openai", {"maxTokens": 1.5}, "configuration.maxTokens: must be a whole number; got 1.5"),
        ("openai", {"maxTokens": 0.5}, "configuration.maxTokens: must be a whole number; got 0.5"),
        ("openai", {"topP": "high"}, "configuration.topP: must be a number; got a text"),
        ("openai", {"topP": True}, "configuration.topP: must be a number; got true"),
        (
            "openai",
            {"topP": None},
            "configuration.topP: must be a number; got null (leave the setting out instead)",
        ),
        ("ollama", {"repeatPenalty": -1}, "configuration.repeatPenalty: must be at least 0; got -1"),
        ("ollama", {"think": 1}, "configuration.think: must be true or false or a text; got 1"),
        ("ollama", {"think": "max"}, "configuration.think: must be one of true, false, low, medium, high; got 'max'"),
        ("gemini", {"topK": 0}, "configuration.topK: must be at least 1; got 0"),
        (
            "openai",
            {"systemPrompt": "x" * 32_001},
            "configuration.systemPrompt: must have at most 32,000 characters; has 32,001",
        ),
        (
            "anthropic",
            {"effort": "extreme"},
            "configuration.effort: must be one of low, medium, high, xhigh, max; got 'extreme'",
        ),
        (
            "gemini",
            {"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT"}]},
            "configuration.safetySettings.0: must have threshold",
        ),
        (
            "groq",
            {"stopSequences": ["a", "b", "c", "d", "e"]},
            "configuration.stopSequences: must have at most 4 entries; has 5",
        ),
        ("openai", {"temprature": 1}, "configuration.temprature: is no setting of OpenAI; did you mean temperature?"),
        ("openai", {"temperature": math.nan}, "configuration.temperature: must be a finite number"),
        ("custom", {"headers": ["a"]}, "configuration.headers: must be an object; got a list"),
        ("custom", {"headers": {"X-A": 1}}, "configuration.headers.X-A: must be a text; got 1"),
        ("custom", {"headers": {"Host": "x"}}, "configuration.headers.Host: is set by Trunkline itself: leave it out."),
        (
            "custom",
            {"parameters": {"model": "x"}},
            "configuration.parameters.model: is set by each call: leave it out.",
        ),
    ],
)
def test_says_what_is_wrong_and_what_would_be_right(provider: str, configuration: dict, expected: str) -> None:
    assert messages(provider, configuration) == [expected]


@pytest.mark.parametrize("name", ["apiKey", "api_key", "APIKEY", "secret", "authorization"])
def test_a_key_among_the_settings_is_refused_without_showing_it(name: str) -> None:
    assert messages("openai", {name: "sk-canary"}) == [
        f"configuration.{name}: does not belong here: send the key as apiKey, beside it."
    ]
    (refusal,) = messages("custom", {"parameters": {name: "sk-canary"}})
    assert refusal.startswith(f"configuration.parameters.{name}: does not belong here")


def test_free_parameters_are_checked_as_the_wire_would() -> None:
    (refusal,) = messages("custom", {"parameters": {"temperature": "hot"}})
    assert refusal.startswith("configuration.parameters.temperature: ")
    assert messages("custom", {"parameters": {"top_k": 40, "response_format": {"type": "json_object"}}}) == []


def test_every_wrong_field_is_named() -> None:
    found = messages("openai", {"temperature": 9, "topP": 9, "nonsense": 1})
    assert [line.partition(":")[0] for line in found] == [
        "configuration.nonsense",
        "configuration.temperature",
        "configuration.topP",
    ]


def test_the_object_is_called_as_its_face_calls_it() -> None:
    assert messages("openai", {"topP": 2}, root="settings") == ["settings.topP: must be between 0 and 1; got 2"]


def test_the_models_own_limit_counts_where_it_is_known() -> None:
    assert messages("openai", {"maxTokens": 20_000}, max_output=16_384) == [
        "configuration.maxTokens: must be between 1 and 16384; got 20000"
    ]


def test_gemini_takes_the_token_limit_by_both_names_but_not_twice() -> None:
    assert messages("gemini", {"maxTokens": 10}) == []
    assert messages("gemini", {"maxTokens": 10, "maxOutputTokens": 11}) == [
        "configuration.maxOutputTokens: says the same as maxOutputTokens: keep one of them."
    ]


class TestThinking:
    def test_must_leave_room_for_the_answer(self) -> None:
        assert messages("anthropic", {"maxTokens": 2048, "thinkingBudget": 2048}) == [
            "configuration.thinkingBudget: must be below maxTokens (2048); got 2048"
        ]
        assert messages("anthropic", {"maxTokens": 2049, "thinkingBudget": 2048}, model="claude-sonnet-4-5") == []

    def test_has_no_budget_on_models_that_decide_themselves(self) -> None:
        assert messages("anthropic", {"thinkingBudget": 2048}, model="claude-opus-4-7") == [
            "configuration.thinkingBudget: is not taken by claude-opus-4-7: set the effort instead."
        ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(PROVIDERS)), st.data())
def test_whatever_is_valid_compiles_and_whatever_is_not_never_raises(provider_id: str, data: st.DataObject) -> None:
    provider = PROVIDERS[provider_id]
    names = st.sampled_from([parameter.name for parameter in provider.parameters]) | st.text(max_size=8)
    configuration = data.draw(st.dictionaries(names, JSON, max_size=4))
    if not validate(provider, configuration, model=None):
        compile_defaults(provider, configuration)
