"""Who serves a model of a document, and what is said where nobody does."""

from __future__ import annotations

import pytest

from trunkline.control.model_documents.serving import Serving, choose, explain, identify, still_serves
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.model_documents import Entry
from trunkline.storage.tables import Configuration

OPENAI = Entry(provider="OpenAI", type="chat", model="gpt-4", is_paid=True)


def configuration(provider: str = "openai", model: str | None = "gpt-4", *, is_active: bool = True) -> Configuration:
    return Configuration(name="n", provider=provider, model=model, is_active=is_active)


@pytest.mark.parametrize("kind", ["chat", "completion", "embedding", "image"])
def test_each_provider_is_chosen_for_what_it_can_do(kind: str) -> None:
    for provider in PROVIDERS.values():
        chosen = choose(provider.display_name.upper(), kind)
        if isinstance(chosen, Serving):
            assert chosen.provider is provider
            assert chosen.origin.count(":") == 2
        else:
            assert provider.display_name in chosen


@pytest.mark.parametrize(
    ("provider", "kind", "words"),
    [
        ("OpnAI", "chat", "Did you mean openai?"),
        ("Anthropic", "embedding", "has no embeddings"),
        ("Anthropic", "completion", "has no completions"),
        ("Azure OpenAI", "chat", "baseUrl"),
        ("custom", "chat", "baseUrl"),
        ("Vertex AI", "chat", "project"),
    ],
)
def test_why_nobody_serves(provider: str, kind: str, words: str) -> None:
    reason = choose(provider, kind)
    assert isinstance(reason, str)
    assert words in reason


def test_a_place_of_ones_own_is_taken_as_proposed() -> None:
    ollama, openai = choose("Ollama", "chat"), choose("OpenAI", "chat")
    assert isinstance(ollama, Serving)
    assert isinstance(openai, Serving)
    assert (ollama.base_url, ollama.origin) == ("http://127.0.0.1:11434", "http://127.0.0.1:11434")
    assert (openai.base_url, openai.origin) == (None, "https://api.openai.com:443")


def test_a_blank_prompt_is_none() -> None:
    serving = choose("OpenAI", "chat")
    assert isinstance(serving, Serving)
    assert serving.write_parameters("Be brief.") == {"systemPrompt": "Be brief."}
    assert serving.write_parameters(" \n") == {"systemPrompt": None}


def test_spelling_does_not_tell_models_apart() -> None:
    assert identify("Open AI", "chat", " gpt-4") == identify("openai", "chat", "gpt-4")
    assert identify("No  Body", "chat", "m") == identify("no body", "chat", "m")
    assert identify("OpenAI", "chat", "gpt-4") != identify("OpenAI", "completion", "gpt-4")
    assert identify("OpenAI", "chat", "gpt-4") != identify("OpenAI", "chat", "GPT-4")


def test_what_a_configuration_was_made_for() -> None:
    assert still_serves(OPENAI, configuration())
    assert not still_serves(OPENAI, configuration(model="gpt-5"))
    assert not still_serves(OPENAI, configuration(model=None))
    assert not still_serves(OPENAI, configuration("openrouter"))


def test_reasons() -> None:
    assert explain(OPENAI, configuration()) is None
    for reason, words in (
        (explain(OPENAI, configuration(model=None)), "any model"),
        (explain(OPENAI, configuration(is_active=False)), "switched off"),
        (explain(OPENAI, None), "OpenAI needs a key"),
    ):
        assert reason is not None
        assert words in reason
