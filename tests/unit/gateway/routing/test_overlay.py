from __future__ import annotations

import pytest

from trunkline.core.chat import ChatRequest, Message, Text
from trunkline.gateway.routing.overlay import read_overlay
from trunkline.gateway.snapshot import FeatureEntry
from trunkline.providers import apply_defaults, compile_defaults, find, wire_defaults
from trunkline.providers.defaults import Overlay


def overlay(**custom: object) -> Overlay:
    parameters = {
        "systemPrompt": "Be brief.", "temperature": 0.5, "topP": 0.8, "maxTokens": 40, "presencePenalty": 1,
        "frequencyPenalty": 2, "unknown": 1, "topK": "three",
    }  # fmt: skip
    return read_overlay(
        FeatureEntry(id="f", slug="f", kind="chat", model="m", parameters=parameters, custom=custom)  # type: ignore[arg-type] - JSON
    )


def test_a_features_own_names() -> None:
    assert overlay(seed=1) == Overlay(
        sampling={
            "temperature": 0.5, "top_p": 0.8, "max_tokens": 40, "presence_penalty": 1, "frequency_penalty": 2,
        },
        fields={"seed": 1},
        system_prompt="Be brief.",
    )  # fmt: skip
    empty = FeatureEntry(id="f", slug="f", kind="chat", model="m", parameters={"systemPrompt": " ", "topP": None})
    assert read_overlay(empty) == Overlay()


def test_on_the_openai_wire() -> None:
    stored = {"temperature": 0.1, "reasoningEffort": "high", "stopSequences": ["X"]}
    wire = wire_defaults(find("azure-openai"), stored, overlay=overlay(seed=1, logit_bias={"5": 1}))
    assert (wire["temperature"], wire["seed"], wire["reasoning_effort"]) == (0.5, 1, "high")
    assert wire["logit_bias"] == {"5": 1}
    assert wire["stop"] == ["X"], "what the feature leaves open stays"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_free_fields_win_over_what_the_configuration_says_otherwise(name: str) -> None:
    wire = wire_defaults(find("openai"), {"maxTokens": 9}, overlay=Overlay(fields={name: 5}))
    assert {key: value for key, value in wire.items() if "max" in key} == {"max_tokens": 5}


def test_a_feature_never_sets_what_is_the_callers() -> None:
    fields = {"model": "evil", "messages": [], "stream": True, "stream_options": {}, "top_p": None}
    assert wire_defaults(find("openai"), {"topP": 0.5}, overlay=Overlay(fields=fields)) == {"top_p": 0.5}


@pytest.mark.parametrize("provider", ["anthropic", "gemini", "bedrock", "ollama", "openrouter"])
def test_in_the_neutral_form_of_every_provider(provider: str) -> None:
    defaults = compile_defaults(find(provider), {"systemPrompt": "Be long."}, overlay(stop=["END"]))
    request = apply_defaults(ChatRequest(model="m", messages=(Message("user", (Text("hi"),)),)), defaults)
    assert (request.sampling.temperature, request.sampling.max_tokens) == (0.5, 40)
    assert request.sampling.stop == ("END",)
    assert request.messages[0].parts == (Text("Be brief."),)
