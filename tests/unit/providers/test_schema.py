"""The ranges that the form shows are those of the API's contract."""

from __future__ import annotations

import pytest

from trunkline.providers import find, schema


def bounds(provider: str) -> dict[str, tuple[object, object]]:
    properties = schema(find(provider))["properties"]
    return {name: (field.get("minimum"), field.get("maximum")) for name, field in properties.items()}


def test_openai() -> None:
    assert bounds("openai") == {
        "temperature": (0, 2),
        "maxTokens": (1, 128_000),
        "topP": (0, 1),
        "frequencyPenalty": (-2, 2),
        "presencePenalty": (-2, 2),
        "organizationId": (None, None),
        "systemPrompt": (None, None),
        "coalesceEmbeddings": (None, None),
    }


def test_gemini() -> None:
    assert bounds("gemini") == {
        "temperature": (0, 1),
        "topK": (1, None),
        "topP": (0, 1),
        "maxOutputTokens": (1, 128_000),
        "safetySettings": (None, None),
        "systemPrompt": (None, None),
        "coalesceEmbeddings": (None, None),
    }


def test_ollama() -> None:
    assert bounds("ollama") == {
        "temperature": (0, 2),
        "maxTokens": (1, 128_000),
        "topP": (0, 1),
        "topK": (1, None),
        "repeatPenalty": (0, None),
        "seed": (None, None),
        "systemPrompt": (None, None),
        "numCtx": (1, 10_000_000),
        "keepAlive": (None, None),
        "think": (None, None),
        "coalesceEmbeddings": (None, None),
    }


def test_custom_marks_its_headers_as_secret() -> None:
    properties = schema(find("custom"))["properties"]
    assert {"headers", "parameters", "systemPrompt"} <= set(properties)
    assert [name for name, field in properties.items() if field.get("writeOnly")] == ["headers"]


def test_anthropic() -> None:
    found = bounds("anthropic")
    assert found["temperature"] == (0, 1)
    assert found["thinkingBudget"] == (1024, 128_000)


def test_the_limit_of_output_is_the_models_own_where_it_is_known() -> None:
    assert schema(find("openai"), 16_384)["properties"]["maxTokens"]["maximum"] == 16_384


@pytest.mark.parametrize("provider", ["openai", "gemini", "ollama", "custom"])
def test_is_of_the_2020_12_draft_and_closed(provider: str) -> None:
    written = schema(find(provider))
    assert written["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert written["additionalProperties"] is False


def test_ollamas_thinking_is_a_switch_or_a_level() -> None:
    properties = schema(find("ollama"))["properties"]
    assert isinstance(properties, dict)
    assert isinstance(think := properties["think"], dict)
    assert (think["type"], think["enum"]) == (["boolean", "string"], [True, False, "low", "medium", "high"])
