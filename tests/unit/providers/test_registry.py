from __future__ import annotations

import pytest

from trunkline.core.errors import NotFound
from trunkline.providers import PROVIDERS, find, guess_provider


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OpenAI", "openai"),
        (" openai ", "openai"),
        ("google", "gemini"),
        ("Google Gemini", "gemini"),
        ("GOOGLE", "gemini"),
        ("Claude", "anthropic"),
        ("Hugging Face", "huggingface"),
        ("hugging_face", "huggingface"),
        ("LM Studio", "lm-studio"),
        ("llama.cpp", "llama-cpp"),
        ("x.ai", "xai"),
        ("Mistral", "mistral"),
        ("other", "custom"),
    ],
)
def test_finds_by_any_of_its_names(name: str, expected: str) -> None:
    assert find(name).id == expected


def test_every_id_and_display_name_finds_itself() -> None:
    for provider in PROVIDERS.values():
        for name in (provider.id, provider.display_name, *provider.aliases):
            assert find(name.upper()) is provider


def test_names_the_nearest() -> None:
    with pytest.raises(NotFound, match="Did you mean anthropic"):
        find("antropic")


def test_names_all_where_nothing_is_near() -> None:
    with pytest.raises(NotFound, match="There are: anthropic, azure-openai, bedrock, cohere"):
        find("zzzzzzzz")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("sk-ant-api03-abc", "anthropic"),
        ("sk-or-v1-abc", "openrouter"),
        ("sk-proj-abc", "openai"),
        ("sk-abc", "openai"),
        (" AIzaSyAbc", "gemini"),
        ("hf_abc", "huggingface"),
        ("gsk_abc", "groq"),
        ("xai-abc", "xai"),
        ("pplx-abc", "perplexity"),
        ("nvapi-abc", "nvidia"),
        ("fw_abc", "fireworks"),
        ("0123456789abcdef", None),
        ("", None),
    ],
)
def test_guesses_the_provider_of_a_key(key: str, expected: str | None) -> None:
    assert guess_provider(key) == expected
