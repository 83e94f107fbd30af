from __future__ import annotations

import json
from functools import partial
from typing import Any

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, ReasoningOptions, ResponseFormat, Sampling, Text
from trunkline.core.errors import Unsupported
from trunkline.dialects import anthropic_messages, gemini
from trunkline.dialects.anthropic_messages.passthrough import PASSTHROUGH as ANTHROPIC
from trunkline.dialects.gemini.passthrough import PASSTHROUGH as GEMINI
from trunkline.dialects.passthrough import Changes
from trunkline.providers import apply_defaults, compile_defaults, find, wire_defaults
from trunkline.providers.adaptation import adapt
from trunkline.providers.dialect_choice import choose_dialect
from trunkline.providers.quirks import quirk


def ask(**fields: object) -> ChatRequest:
    return ChatRequest(model="m", messages=(Message("user", (Text("hi"),)),), **fields)


class TestCompile:
    def test_only_what_is_set_is_there(self) -> None:
        assert compile_defaults(find("openai"), {}).empty
        assert compile_defaults(find("openai"), {"temperature": None, "systemPrompt": " "}).empty

    def test_each_setting_has_its_place(self) -> None:
        settings = {
            "temperature": 0.5,
            "maxTokens": 100,
            "topP": 0.9,
            "frequencyPenalty": 0.1,
            "presencePenalty": 0.2,
            "systemPrompt": "Be brief.",
        }
        defaults = compile_defaults(find("openai"), settings)
        assert defaults.sampling == Sampling(
            temperature=0.5, max_tokens=100, top_p=0.9, frequency_penalty=0.1, presence_penalty=0.2
        )
        assert defaults.system_prompt == "Be brief."

    def test_ollama(self) -> None:
        settings = {"repeatPenalty": 1.2, "topK": 40.0, "seed": 7}
        assert compile_defaults(find("ollama"), settings).sampling == Sampling(repetition_penalty=1.2, top_k=40, seed=7)

    @pytest.mark.parametrize("think", [True, False, "high"])
    def test_ollamas_own(self, think: bool | str) -> None:
        settings = {"think": think, "keepAlive": "10m", "numCtx": 4096}
        request = apply_defaults(ask(), compile_defaults(find("ollama"), settings))
        body = json.loads(choose_dialect(find("ollama"), "m").write_request(request).body)
        assert (body["think"], body["keep_alive"], body["options"]) == (think, "10m", {"num_ctx": 4096})

    @pytest.mark.parametrize(
        "said",
        [
            {"reasoning": ReasoningOptions(effort="none")},
            {"extra": {"openai_chat": {"think": False}}},
            {"extra": {"openai_responses": {"think": False}}},
        ],
    )
    def test_ollamas_own_gives_way_to_the_callers(self, said: dict[str, Any]) -> None:
        extra = said.get("extra", {})
        asked = {**said, "extra": {"anthropic_messages": {"keep_alive": 0}, **extra}}
        settings = compile_defaults(find("ollama"), {"think": "high", "keepAlive": "10m"})
        request = apply_defaults(ask(**asked), settings)
        body = json.loads(choose_dialect(find("ollama"), "m").write_request(request).body)
        assert (body["think"], body["keep_alive"]) == (False, 0)

    def test_safety_settings_travel_to_gemini_alone(self) -> None:
        safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]
        defaults = compile_defaults(find("gemini"), {"safetySettings": safety, "maxOutputTokens": 5})
        assert defaults.extra == {"gemini": {"safetySettings": safety}}
        assert defaults.sampling.max_tokens == 5

    def test_another_faces_name_for_the_limit_is_understood(self) -> None:
        assert compile_defaults(find("gemini"), {"maxTokens": 5}).sampling.max_tokens == 5

    def test_anthropics_thinking(self) -> None:
        defaults = compile_defaults(find("anthropic"), {"thinkingBudget": 2048, "effort": "low"})
        assert defaults.reasoning == ReasoningOptions(budget_tokens=2048, effort="low")

    def test_free_parameters_are_read_as_the_wire_reads_them(self) -> None:
        parameters = {"top_k": 5, "stop": "END", "response_format": {"type": "json_object"}, "house_rule": 1}
        defaults = compile_defaults(find("custom"), {"parameters": parameters, "temperature": 0.1})
        assert defaults.sampling == Sampling(top_k=5, stop=("END",), temperature=0.1)
        assert defaults.template.response_format == ResponseFormat("json")
        assert defaults.extra["openai_chat"]["house_rule"] == 1

    def test_free_parameters_never_touch_what_belongs_to_the_call(self) -> None:
        parameters = {"model": "evil", "messages": [], "stream": True, "stream_options": {}}
        assert compile_defaults(find("custom"), {"parameters": parameters}).empty

    def test_a_named_setting_wins_over_a_free_one(self) -> None:
        settings = {"parameters": {"temperature": 2, "max_completion_tokens": 9}, "temperature": 0.1, "maxTokens": 3}
        sampling = compile_defaults(find("custom"), settings).sampling
        assert (sampling.temperature, sampling.max_tokens) == (0.1, 3)
        assert wire_defaults(find("custom"), settings) == {"temperature": 0.1, "max_tokens": 3}


class TestApply:
    def test_nothing_set_changes_nothing(self) -> None:
        request = ask()
        assert apply_defaults(request, compile_defaults(find("openai"), {})) is request

    def test_fills_what_the_caller_left_open(self) -> None:
        defaults = compile_defaults(find("openai"), {"temperature": 0.5, "maxTokens": 10})
        applied = apply_defaults(ask(sampling=Sampling(temperature=0.0)), defaults)
        assert applied.sampling == Sampling(temperature=0.0, max_tokens=10)

    def test_the_system_prompt_goes_first(self) -> None:
        request = ask()
        own = Message("system", (Text("caller"),))
        request = msgspec.structs.replace(request, messages=(own, *request.messages))
        applied = apply_defaults(request, compile_defaults(find("openai"), {"systemPrompt": "house"}))
        assert [message.text for message in applied.messages] == ["house", "caller", "hi"]
        assert applied.messages[0].role == "system"

    def test_the_callers_reasoning_is_left_alone(self) -> None:
        defaults = compile_defaults(find("anthropic"), {"thinkingBudget": 2048})
        assert apply_defaults(ask(), defaults).reasoning == ReasoningOptions(budget_tokens=2048)
        off = ReasoningOptions(enabled=False)
        assert apply_defaults(ask(reasoning=off), defaults).reasoning == off

    def test_extra_fields_are_joined_and_the_callers_win(self) -> None:
        defaults = compile_defaults(find("custom"), {"parameters": {"a": 1, "b": 1}})
        applied = apply_defaults(ask(extra={"openai_chat": {"b": 2}, "gemini": {"c": 3}}), defaults)
        assert applied.extra == {"openai_chat": {"a": 1, "b": 2}, "gemini": {"c": 3}}

    def test_never_changes_the_model_or_whether_it_streams(self) -> None:
        defaults = compile_defaults(find("custom"), {"parameters": {"seed": 1}})
        applied = apply_defaults(ask(stream=True, stream_usage=True), defaults)
        assert (applied.model, applied.stream, applied.stream_usage) == ("m", True, True)


def test_wire_defaults_are_fields_of_the_openai_wire() -> None:
    settings = {
        "temperature": 0.5,
        "maxTokens": 100,
        "seed": 3,
        "stopSequences": ["END"],
        "reasoningEffort": "low",
        "repeatPenalty": 1.1,
        "systemPrompt": "not a field",
        "parameters": {"min_p": 0.1, "model": "evil"},
    }
    assert wire_defaults(find("vllm"), settings) == {
        "temperature": 0.5,
        "max_tokens": 100,
        "seed": 3,
        "stop": ["END"],
        "reasoning_effort": "low",
        "repetition_penalty": 1.1,
        "min_p": 0.1,
    }


def test_wire_defaults_are_fields_of_anthropics_wire() -> None:
    settings = {
        "temperature": 0.5,
        "topK": 40.0,
        "maxTokens": 2048,
        "stopSequences": ["END"],
        "thinkingBudget": 4096,
        "effort": "low",
        "systemPrompt": "not a field",
    }
    assert wire_defaults(find("anthropic"), settings) == {
        "temperature": 0.5,  # also beside thinking, which the caller may switch off
        "top_k": 40,
        "max_tokens": 2048,
        "stop_sequences": ["END"],
        "thinking": {"type": "enabled", "budget_tokens": 4096},
        "output_config": {"effort": "low"},
    }


def test_wire_defaults_are_fields_of_geminis_wire() -> None:
    safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]
    settings = {"temperature": 0.5, "maxOutputTokens": 5, "safetySettings": safety, "systemPrompt": "not a field"}
    assert wire_defaults(find("gemini"), settings) == {
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 5},
        "safetySettings": safety,
    }


@pytest.mark.parametrize("provider", ["anthropic", "gemini", "openai"])
def test_wire_defaults_are_only_what_is_set(provider: str) -> None:
    assert wire_defaults(find(provider), {}) == {}


def test_a_wire_may_be_named() -> None:
    settings = {"maxTokens": 5, "reasoningEffort": "high", "parameters": {"min_p": 0.1}}
    assert wire_defaults(find("vllm"), settings, "anthropic_messages") == {
        "max_tokens": 5,
        "output_config": {"effort": "high"},
    }
    assert wire_defaults(find("vllm"), settings, "gemini") == {
        "generationConfig": {"maxOutputTokens": 5, "thinkingConfig": {"thinkingLevel": "HIGH"}}
    }
    assert wire_defaults(find("vllm"), settings, "ollama") == {}


ANTHROPIC_SETTINGS: list[dict[str, Any]] = [
    {},
    {"temperature": 0.5, "topP": 0.9, "maxTokens": 3000},
    {"thinkingBudget": 2048, "temperature": 0.3, "topK": 4},
    {"effort": "high", "systemPrompt": "House."},
    {"thinkingBudget": 4096, "maxTokens": 3000},
]
ANTHROPIC_CALLS: list[dict[str, Any]] = [
    {"max_tokens": 2000},
    {"max_tokens": 2000, "temperature": 1, "top_p": 0.5, "top_k": 3, "system": "Own."},
    {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 4000}, "temperature": 1},
    {"max_tokens": 9000, "thinking": {"type": "adaptive"}, "output_config": {"effort": "medium"}},
    {"max_tokens": 9000, "thinking": {"type": "disabled"}, "top_p": 0.99, "temperature": 0.2},
    {"max_tokens": 9000, "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}}},
]
CLAUDES = ["claude-3-opus-20240229", "claude-sonnet-4-0", "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-opus-4-8"]


@pytest.mark.parametrize("model", CLAUDES)
@pytest.mark.parametrize("call", ANTHROPIC_CALLS)
@pytest.mark.parametrize("settings", ANTHROPIC_SETTINGS)
def test_what_passes_to_anthropic_says_what_a_translation_says(
    model: str, call: dict[str, Any], settings: dict[str, Any]
) -> None:
    body = msgspec.json.encode({"model": "x", "messages": [{"role": "user", "content": "hi"}], **call})
    provider, twist, dialect = find("anthropic"), quirk("anthropic", model), anthropic_messages.DIALECT
    defaults = compile_defaults(provider, settings)
    request = msgspec.structs.replace(apply_defaults(dialect.read_request(body), defaults), model=model)
    request, adapted = adapt(request, twist)
    written = dialect.write_request(request)
    passed, dropped = ANTHROPIC.editor(
        Changes(
            model=model,
            defaults=wire_defaults(provider, settings),
            adapt=partial(adapt, quirk=twist),
            system_prompt=defaults.system_prompt,
        ),
    )(body)
    said, wanted = msgspec.json.decode(passed), msgspec.json.decode(written.body)
    # One text stands for one block.
    assert _blocks(said) == _blocks(wanted)
    assert set(dropped) == {*adapted, *written.dropped}


def _blocks(body: dict[str, Any]) -> dict[str, Any]:
    system = body.get("system", [])
    return {**body, "system": [{"type": "text", "text": system}] if isinstance(system, str) else system}


@pytest.mark.parametrize("model", ["gemini-2.0-flash", "gemini-2.5-flash", "gemini-3-pro-preview", "gemma-3-27b-it"])
@pytest.mark.parametrize(
    "config",
    [
        {},
        {"temperature": 1, "frequencyPenalty": 0.5, "topK": 3},
        {"thinkingConfig": {"thinkingBudget": 500, "includeThoughts": True}, "presencePenalty": 1},
        {"thinkingConfig": {"thinkingLevel": "HIGH"}, "seed": 7, "responseMimeType": "application/json"},
        {"thinkingConfig": {"thinkingBudget": 0}},
    ],
)
@pytest.mark.parametrize(
    "settings", [{}, {"temperature": 0.5, "topK": 9, "maxOutputTokens": 50, "systemPrompt": "House."}]
)
def test_what_passes_to_gemini_says_what_a_translation_says(
    model: str, config: dict[str, Any], settings: dict[str, Any]
) -> None:
    body = msgspec.json.encode(
        {
            "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
            "systemInstruction": {"parts": [{"text": "Own."}]},
            "generationConfig": config,
        }
    )
    provider, twist, dialect = find("gemini"), quirk("gemini", model), gemini.DIALECT
    defaults = compile_defaults(provider, settings)
    request, adapted = adapt(apply_defaults(dialect.read_request(body), defaults), twist)
    written = dialect.write_request(request)
    passed, dropped = GEMINI.editor(
        Changes(
            model=model,
            defaults=wire_defaults(provider, settings),
            adapt=partial(adapt, quirk=twist),
            system_prompt=defaults.system_prompt,
        ),
    )(body)
    said, wanted = msgspec.json.decode(passed), msgspec.json.decode(written.body)
    assert {"generationConfig": {}, **said} == {"generationConfig": {}, **wanted}
    assert set(dropped) == {*adapted, *written.dropped}


def test_a_stored_stop_text_that_a_wire_cannot_say_is_refused() -> None:
    with pytest.raises(Unsupported):
        wire_defaults(find("anthropic"), {"stopSequences": [" "]})
