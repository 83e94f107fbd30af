"""Where each provider has the calls beside chat."""

from __future__ import annotations

import pytest

from trunkline.core.secret import Secret
from trunkline.providers import PROVIDERS, Provider, make_endpoint

ABILITIES = {"speech": "speech", "transcriptions": "transcriptions", "moderations": "moderations", "rerank": "rerank"}

every = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)


@every
def test_an_ability_is_a_path(provider: Provider) -> None:
    for ability, path in ABILITIES.items():
        assert (ability in provider.capabilities) == (getattr(provider.paths, path) is not None), ability
    assert (provider.paths.images is not None) <= ("images" in provider.capabilities)


@every
def test_pictures_without_a_path_are_made_in_a_chat_that_can(provider: Provider) -> None:
    if "images" in provider.capabilities and provider.paths.images is None:
        assert provider.id in {"gemini", "vertex", "openrouter"}


@pytest.mark.parametrize(
    ("provider", "name", "url"),
    [
        ("openai", "images", "https://api.openai.com/v1/images/generations"),
        ("openai", "edits", "https://api.openai.com/v1/images/edits"),
        ("openai", "speech", "https://api.openai.com/v1/audio/speech"),
        ("openai", "transcriptions", "https://api.openai.com/v1/audio/transcriptions"),
        ("openai", "moderations", "https://api.openai.com/v1/moderations"),
        ("openai", "completions", "https://api.openai.com/v1/completions"),
        ("groq", "transcriptions", "https://api.groq.com/openai/v1/audio/transcriptions"),
        ("cohere", "rerank", "https://api.cohere.ai/v2/rerank"),
        ("cohere", "chat", "https://api.cohere.ai/compatibility/v1/chat/completions"),
        ("together", "rerank", "https://api.together.ai/v1/rerank"),
        ("ollama", "completions", "http://127.0.0.1:11434/v1/completions"),
        ("openrouter", "completions", "https://openrouter.ai/api/v1/completions"),
    ],
)
def test_where_it_goes(provider: str, name: str, url: str) -> None:
    endpoint = make_endpoint(PROVIDERS[provider], None, Secret("key-0123456789abcdef"))
    assert str(endpoint.operation(getattr(PROVIDERS[provider].paths, name), "m")) == url


@pytest.mark.parametrize("base", ["https://api.cohere.ai/compatibility/v1", "https://api.cohere.ai/v2"])
def test_cohere_takes_the_addresses_of_both_its_sides(base: str) -> None:
    endpoint = make_endpoint(PROVIDERS["cohere"], base, Secret("key-0123456789abcdef"))
    assert str(endpoint.operation("/v2/rerank", "m")) == "https://api.cohere.ai/v2/rerank"
