"""The most output tokens of models, and what of a configuration is sent."""

from __future__ import annotations

import pytest

from trunkline.core.chat import JsonValue
from trunkline.providers.output_limits import clamp_output, find_output_limit
from trunkline.providers.registry import find


@pytest.mark.parametrize(
    ("provider", "model", "limit"),
    [
        ("openai", "gpt-4", 8_192),
        ("openai", "gpt-4-0613", 8_192),
        ("openai", "gpt-4-turbo", 4_096),
        ("openai", "gpt-4-turbo-2024-04-09", 4_096),
        ("openai", "gpt-4-0125-preview", 4_096),
        ("openai", "gpt-4o-mini", 16_384),
        ("openai", "gpt-4o-2024-05-13", 4_096),
        ("openai", "gpt-4.1-nano", 32_768),
        ("openai", "gpt-3.5-turbo", 4_096),
        ("openai", "gpt-4-32k", None),
        ("openai", "gpt-5", None),
        ("anthropic", "claude-3-haiku-20240307", 4_096),
        ("anthropic", "claude-3-5-sonnet-20241022", 8_192),
        ("anthropic", "claude-3-7-sonnet-latest", 64_000),
        ("anthropic", "claude-opus-4-20250514", 32_000),
        ("anthropic", "claude-opus-4-1-20250805", 32_000),
        ("anthropic", "claude-sonnet-4-20250514", 64_000),
        ("anthropic", "claude-sonnet-4-5-20250929", 64_000),
        ("anthropic", "claude-sonnet-4-6", None),
        ("bedrock", "us.anthropic.claude-sonnet-4-6", None),
        ("anthropic", "claude-opus-4-6", None),
        ("bedrock", "us.anthropic.claude-3-5-haiku-20241022-v1:0", 8_192),
        ("gemini", "gemini-pro", 8_192),
        ("gemini", "gemini-pro-latest", None),
        ("gemini", "gemini-2.5-flash-image", 32_768),
        ("gemini", "models/gemini-1.5-pro", 8_192),
        ("gemini", "gemini-2.5-flash", 65_536),
        ("gemini", "gemini-3-pro", None),
        ("groq", "gpt-4", None),
    ],
)
def test_models_have_their_makers_limits(provider: str, model: str, limit: int | None) -> None:
    assert find_output_limit(provider, model) == limit


def test_what_is_sent_stays_within_the_limit() -> None:
    gemini = find("gemini")
    stored: dict[str, JsonValue] = {"maxOutputTokens": 128_000, "topP": 1}
    assert clamp_output(gemini, "gemini-pro", stored) == {"maxOutputTokens": 8_192, "topP": 1}
    assert stored["maxOutputTokens"] == 128_000
    small: list[dict[str, JsonValue]] = [{"maxOutputTokens": 8_192}, {"maxOutputTokens": 5}, {}]
    for unchanged in small:
        assert clamp_output(gemini, "gemini-pro", unchanged) is unchanged
    assert clamp_output(gemini, None, stored) is stored
    assert clamp_output(find("demo"), "demo-chat", stored) is stored
