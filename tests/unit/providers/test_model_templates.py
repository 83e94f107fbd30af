"""Templates of models: each fits its model, which there is."""

from __future__ import annotations

import pytest
from genai_prices.data import providers as listed

from trunkline.core.chat import ChatRequest, JsonValue, Message, Text
from trunkline.providers import compile_defaults, find
from trunkline.providers.adaptation import adapt
from trunkline.providers.defaults import apply_defaults
from trunkline.providers.model_templates import MODEL_TEMPLATES, ModelTemplate
from trunkline.providers.quirks import quirk
from trunkline.providers.templates import templates
from trunkline.providers.validation import validate

PRICED = {"gemini": "google", "xai": "x-ai"}

each = pytest.mark.parametrize("row", MODEL_TEMPLATES, ids=lambda row: f"{row.provider}/{row.model}")


def settings_of(row: ModelTemplate) -> dict[str, JsonValue]:
    (found,) = [one for one in templates(find(row.provider)) if one.model == row.model]
    return dict(found.configuration)


@each
def test_settings_are_those_of_the_provider(row: ModelTemplate) -> None:
    settings = settings_of(row)
    assert len(settings) == len(row.settings), "none is lost for want of a name"
    assert validate(find(row.provider), settings, model=row.model) == []


@each
def test_the_model_takes_every_one_of_them(row: ModelTemplate) -> None:
    provider = find(row.provider)
    asked = ChatRequest(model=row.model, messages=(Message("user", (Text("hi"),)),))
    populated = apply_defaults(asked, compile_defaults(provider, settings_of(row)))
    fitted, dropped = adapt(populated, quirk(provider.id, row.model))
    assert dropped == ()
    assert (fitted.sampling, fitted.reasoning and fitted.reasoning.effort) == (
        populated.sampling,
        populated.reasoning and populated.reasoning.effort,
    )


@each
def test_the_model_is_on_the_price_list(row: ModelTemplate) -> None:
    if row.provider == "ollama":
        return
    (theirs,) = [one for one in listed if one.id == PRICED.get(row.provider, row.provider)]
    assert any(model.is_match(row.model) for model in theirs.models)


def test_models_are_found_by_the_names_that_people_use() -> None:
    names = {row.name for row in MODEL_TEMPLATES}
    wanted = {"GPT-5.5", "Claude Opus 5.5", "Claude Sonnet 4.6", "Claude Haiku 4.5", "Gemini 3.1 Pro", "Llama 3.3 70B"}
    assert wanted | {"Qwen3 32B", "DeepSeek V4 Pro", "Mistral Large 3"} <= names
    for provider in {row.provider for row in MODEL_TEMPLATES}:
        own = [row.name for row in MODEL_TEMPLATES if row.provider == provider]
        assert len(own) == len(set(own))
