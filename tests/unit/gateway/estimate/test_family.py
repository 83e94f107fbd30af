"""Which vocabulary counts for a model."""

from __future__ import annotations

import pytest

from trunkline.gateway.estimate.family import OTHER, find_family


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4", "cl100k_base"),
        ("gpt-4-turbo-2024-04-09", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-4.1", "o200k_base"),
        ("gpt-5.1-codex", "o200k_base"),
        ("o3-mini", "o200k_base"),
        ("openai/o4-mini", "o200k_base"),
        ("openai/gpt-oss-120b", "o200k_base"),
        ("gemini-2.5-flash", "gemma3"),
        ("models/gemini-3-pro-preview", "gemma3"),
        ("gemma3:27b", "gemma3"),
        ("llama3.2:3b", "llama3"),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama3"),
        ("us.meta.llama4-maverick-17b-instruct-v1:0", "llama3"),
        ("deepseek-chat", "deepseek_v3"),
        ("accounts/fireworks/models/deepseek-v3p1", "deepseek_v3"),
        ("qwen3:8b", "qwen3"),
        ("Qwen/QwQ-32B", "qwen3"),
        ("mistral-large-latest", "mistral_v3"),
        ("ministral-8b-latest", "mistral_v3"),
        ("open-mixtral-8x22b", "mistral_v1"),
        ("zai-org/GLM-4.6", "glm4"),
        ("moonshotai/kimi-k2", "kimi_k2"),
        ("phi4:latest", "phi4"),
    ],
)
def test_a_public_vocabulary_counts(model: str, vocabulary: str) -> None:
    assert find_family(model).vocabulary == vocabulary


def test_a_private_vocabulary_is_scaled() -> None:
    older = find_family("us.anthropic.claude-sonnet-4-5-20250929-v1:0")
    finer = find_family("anthropic/claude-opus-4.7", "openrouter")
    assert (older.vocabulary, older.pictures) == ("o200k_base", "anthropic")
    assert finer.scale > older.scale > 1


def test_a_provider_tells_where_a_model_has_any_name() -> None:
    assert find_family("our-deployment", "azure_openai").vocabulary == "o200k_base"
    assert find_family("tuned", "gemini").vocabulary == "gemma3"
    assert find_family("unheard-of", "vllm") is OTHER
