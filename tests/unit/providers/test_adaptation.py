from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import (
    CacheHint,
    ChatRequest,
    Message,
    ReasoningOptions,
    Sampling,
    Text,
    Tool,
    ToolResult,
)
from trunkline.core.errors import Unsupported
from trunkline.providers import PROVIDERS, Quirk, adapt, find, quirk
from trunkline.providers.dialect_choice import choose_dialect
from trunkline.providers.thinking import BUDGETS


def ask(**fields: object) -> ChatRequest:
    return ChatRequest(model="m", messages=(Message("user", (Text("hi"),)),), **fields)


def test_nothing_to_change_changes_nothing() -> None:
    request = ask(sampling=Sampling(temperature=1))
    assert adapt(request, Quirk()) == (request, ())
    assert adapt(request, Quirk())[0] is request


def test_what_is_dropped_is_told() -> None:
    request = ask(sampling=Sampling(temperature=0.2, max_tokens=5, top_p=0.5), store=True)
    adapted, dropped = adapt(request, Quirk(drop=frozenset({"temperature", "top_p", "seed", "store"})))
    assert adapted == ask(sampling=Sampling(max_tokens=5))
    assert dropped == ("store", "temperature", "top_p")


def test_a_field_of_the_wire_alone_is_dropped_too() -> None:
    request = ask(extra={"openai_chat": {"verbosity": "low", "x": 1}, "gemini": {"verbosity": 1}})
    adapted, dropped = adapt(request, Quirk(drop=frozenset({"verbosity"})))
    assert adapted.extra == {"openai_chat": {"x": 1}, "gemini": {"verbosity": 1}}
    assert dropped == ("verbosity",)


def test_what_would_change_the_answer_is_refused() -> None:
    with pytest.raises(Unsupported, match="stop: is not supported by m"):
        adapt(ask(sampling=Sampling(stop=("END",))), Quirk(refuse=frozenset({"stop"})))
    with pytest.raises(Unsupported):
        adapt(ask(sampling=Sampling(n=2)), Quirk(refuse=frozenset({"n"})))
    assert adapt(ask(sampling=Sampling(n=1)), Quirk(refuse=frozenset({"n", "stop"})))[1] == ()


def test_a_renamed_field_reaches_the_wire_under_its_new_name() -> None:
    provider = find("mistral")
    request, _ = adapt(ask(sampling=Sampling(seed=7, max_tokens=3)), quirk("mistral", "m"))
    body = json.loads(choose_dialect(provider, "m").write_request(request).body)
    assert body["random_seed"] == 7
    assert body["max_tokens"] == 3
    assert "seed" not in body


def test_openais_limit_is_written_under_its_long_name() -> None:
    request, dropped = adapt(ask(sampling=Sampling(temperature=0, max_tokens=3)), quirk("openai", "o3"))
    body = json.loads(choose_dialect(find("openai"), "o3").write_request(request).body)
    assert body["max_completion_tokens"] == 3
    assert "max_tokens" not in body
    assert dropped == ("temperature",)


def test_usage_is_not_asked_for_where_that_is_an_error() -> None:
    assert not adapt(ask(stream=True, stream_usage=True), Quirk(stream_usage=False))[0].stream_usage


class TestThinking:
    def test_a_model_that_decides_itself_gets_no_budget(self) -> None:
        adapted, dropped = adapt(ask(reasoning=ReasoningOptions(budget_tokens=4096)), Quirk(thinking="adaptive"))
        assert adapted.reasoning == ReasoningOptions(enabled=True)
        assert dropped == ("reasoning.budget_tokens",)

    def test_an_effort_becomes_a_budget_where_only_that_is_known(self) -> None:
        adapted, dropped = adapt(ask(reasoning=ReasoningOptions(effort="high")), Quirk(thinking="budget"))
        assert adapted.reasoning == ReasoningOptions(budget_tokens=BUDGETS["high"])
        assert dropped == ()

    def test_a_budget_that_is_left_to_the_model_still_thinks(self) -> None:
        dynamic = ask(reasoning=ReasoningOptions(budget_tokens=-1))
        assert adapt(dynamic, Quirk(thinking="adaptive"))[0].reasoning == ReasoningOptions(enabled=True)
        adapted, _ = adapt(dynamic, Quirk(thinking="budget"))
        assert adapted.reasoning == ReasoningOptions(budget_tokens=BUDGETS["medium"])

    def test_a_model_that_knows_budgets_and_its_own_judgement_gets_either(self) -> None:
        dynamic = Quirk(thinking="dynamic")
        on = ask(reasoning=ReasoningOptions(enabled=True))
        assert adapt(on, dynamic)[0] is on
        adapted, _ = adapt(ask(reasoning=ReasoningOptions(effort="low")), dynamic)
        assert adapted.reasoning == ReasoningOptions(budget_tokens=BUDGETS["low"])

    def test_off_stays_off(self) -> None:
        for reasoning in (ReasoningOptions(enabled=False), ReasoningOptions(effort="none")):
            for thinking in ("budget", "dynamic", "none", "adaptive", "any"):
                adapted, dropped = adapt(ask(reasoning=reasoning), Quirk(thinking=thinking))
                assert dropped == ()
                kept = adapted.reasoning
                assert kept is None or kept.enabled is False or kept.effort == "none" or kept.budget_tokens == 0

    def test_a_model_that_cannot_think_is_not_asked_to(self) -> None:
        adapted, dropped = adapt(ask(reasoning=ReasoningOptions(effort="low")), Quirk(thinking="none"))
        assert adapted.reasoning is None
        assert dropped == ("reasoning",)

    def test_the_temperature_goes_while_it_thinks(self) -> None:
        habits = quirk("anthropic", "claude-sonnet-4-5")
        request = ask(sampling=Sampling(temperature=0.5), reasoning=ReasoningOptions(budget_tokens=2048))
        assert adapt(request, habits)[1] == ("temperature",)
        assert adapt(ask(sampling=Sampling(temperature=0.5)), habits)[1] == ()

    def test_an_effort_alone_also_thinks_where_it_becomes_a_budget(self) -> None:
        request = ask(sampling=Sampling(temperature=0.5), reasoning=ReasoningOptions(effort="high"))
        adapted, dropped = adapt(request, quirk("anthropic", "claude-sonnet-4-5"))
        assert adapted.sampling.temperature is None
        assert dropped == ("temperature",)


def test_of_temperature_and_top_p_only_one_is_sent_where_both_are_an_error() -> None:
    request = ask(sampling=Sampling(temperature=0.5, top_p=0.9))
    adapted, dropped = adapt(request, quirk("anthropic", "claude-opus-4-5"))
    assert adapted.sampling == Sampling(temperature=0.5)
    assert dropped == ("top_p",)


SAMPLINGS = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    seed=st.none() | st.integers(0, 99),
    max_tokens=st.none() | st.integers(1, 99),
    presence_penalty=st.none() | st.floats(-2, 2),
)


@given(
    st.sampled_from(sorted(PROVIDERS)), st.sampled_from(["o3", "gpt-4o", "claude-opus-4-7", "grok-4", "m"]), SAMPLINGS
)
def test_adapting_twice_changes_nothing_more(provider: str, model: str, sampling: Sampling) -> None:
    habits = quirk(provider, model)
    once, _ = adapt(ask(sampling=sampling), habits)
    assert adapt(once, habits) == (once, ())
    assert once.sampling.max_tokens == sampling.max_tokens


def test_hints_to_a_cache_that_there_is_not_are_left_out() -> None:
    result = ToolResult("c", (Text("2", cache=CacheHint()),), cache=CacheHint("1h"))
    request = ChatRequest(
        model="m",
        messages=(Message("user", (Text("hi", cache=CacheHint()),)), Message("tool", (result,))),
        tools=(Tool("f", cache=CacheHint()),),
    )
    adapted, dropped = adapt(request, Quirk(cache_hints=False))
    assert "cache" not in repr(adapted).replace("cache=None", "")
    assert dropped == ("cache",)
    assert adapt(adapted, Quirk(cache_hints=False)) == (adapted, ())
    assert adapt(request, Quirk())[0] is request


class TestStops:
    def test_models_that_reason_at_openai_get_none_and_that_is_told(self) -> None:
        adapted, dropped = adapt(ask(sampling=Sampling(stop=("END",))), quirk("openai", "gpt-5.2"))
        assert adapted.sampling.stop == ()
        assert dropped == ("stop",)

    def test_nothing_is_told_of_what_was_not_said(self) -> None:
        assert adapt(ask(sampling=Sampling(max_tokens=9)), quirk("openai", "gpt-5.2"))[1] == ()

    def test_the_first_of_too_many_stay(self) -> None:
        given = ask(sampling=Sampling(stop=tuple("abcde")))
        adapted, dropped = adapt(given, quirk("openai", "gpt-4.1"))
        assert adapted.sampling.stop == ("a", "b", "c", "d")
        assert dropped == ("stop",)
        assert adapt(given, quirk("gemini", "gemini-2.5-flash"))[0].sampling.stop == tuple("abcde")


def test_a_budget_below_the_least_is_raised_to_it() -> None:
    adapted, dropped = adapt(
        ask(reasoning=ReasoningOptions(budget_tokens=200)), quirk("anthropic", "claude-sonnet-4-5")
    )
    assert adapted.reasoning == ReasoningOptions(budget_tokens=1024)
    assert dropped == ("reasoning.budget_tokens",)


def test_mistral_speaks_in_text_alone() -> None:
    adapted, _ = adapt(ask(modalities=("text",)), quirk("mistral", "m"))
    assert adapted.modalities == ()
    with pytest.raises(Unsupported, match="modalities"):
        adapt(ask(modalities=("text", "audio")), quirk("mistral", "m"))
