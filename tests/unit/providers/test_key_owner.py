"""A key of another vendor is known by how it begins, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from trunkline.providers.key_owner import find_mistake
from trunkline.providers.registry import PROVIDERS

REST = "1234567890abcdefghij"


@pytest.mark.parametrize(
    ("provider", "prefix", "told"),
    [
        ("openai", "AIza", "looks like a key of Google Gemini, not of OpenAI. Choose the provider 'gemini', or"),
        ("openai", "sk-ant-api03-", "Choose the provider 'anthropic'"),
        ("openai", "sk-or-v1-", "Choose the provider 'openrouter'"),
        ("openai", "hf_", "Choose the provider 'huggingface'"),
        ("gemini", "gsk_", "Choose the provider 'groq'"),
        ("groq", "xai-", "Choose the provider 'xai'"),
        ("anthropic", "AIza", "enter a key of Anthropic (made at https://"),
    ],
)
def test_a_key_of_another_provider_is_told_with_what_to_do(provider: str, prefix: str, told: str) -> None:
    found = find_mistake(PROVIDERS[provider], prefix + REST)
    assert found is not None
    assert told in found
    assert REST not in found


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ("openai", f"sk-proj-{REST}"),
        ("openai", f"sk-{REST}"),
        ("anthropic", f"sk-ant-{REST}"),
        ("anthropic", "sk-test"),
        ("anthropic", f"sk-proj-{REST}"),
        ("openrouter", f"sk-{REST}"),
        ("anthropic", REST),
        ("gemini", f"AQ.{REST}"),
        ("deepseek", f"sk-{REST}"),
        ("custom", f"AIza{REST}"),
        ("azure-openai", f"AIza{REST}"),
    ],
)
def test_what_may_be_right_is_taken(provider: str, key: str) -> None:
    assert find_mistake(PROVIDERS[provider], key) is None
