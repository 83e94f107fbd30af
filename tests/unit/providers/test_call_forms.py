from __future__ import annotations

import re

import pytest

from trunkline.dialects.history_ids import ANY_ID, NINE_LETTERS, PLAIN_ID, SHORT_ID, SHORT_PLAIN_ID, IdForm
from trunkline.providers.call_forms import NameForm, find_forms


@pytest.mark.parametrize(
    ("provider", "model", "form"),
    [
        ("openai", "gpt-5.2", SHORT_ID),
        ("azure-openai", "my-deployment", SHORT_ID),
        ("anthropic", "claude-opus-4-6", PLAIN_ID),
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", PLAIN_ID),
        ("bedrock", "mistral.mistral-large-3-675b-instruct", NINE_LETTERS),
        ("mistral", "open-nemo", NINE_LETTERS),
        ("openrouter", "mistralai/devstral-medium", NINE_LETTERS),
        ("openrouter", "anthropic/claude-opus-4.6", SHORT_PLAIN_ID),
        ("openrouter", "moonshotai/kimi-k2", SHORT_ID),
        ("gemini", "gemini-3-pro", ANY_ID),
        ("ollama", "mistral-small3.2", ANY_ID),
    ],
)
def test_ids(provider: str, model: str, form: IdForm):
    assert find_forms(provider, model).ids == form


@pytest.mark.parametrize(
    ("provider", "name", "fits"),
    [
        ("openai", "calendar.list", False),
        ("openai", "x" * 64, True),
        ("openai", "x" * 65, False),
        ("openai", "", False),
        ("openai", "look\n", False),
        ("anthropic", "x" * 128, True),
        ("anthropic", "x" * 129, False),
        ("anthropic", "calendar.list", False),
        ("bedrock", "calendar-list", True),
        ("bedrock", "calendar.list", False),
        ("gemini", "calendar.list:all", True),
        ("gemini", "2nd_look", False),
        ("gemini", "mcp/look", False),
        ("gemini", "x" * 65, False),
        ("mistral", "öffnen", False),
    ],
)
def test_names(provider: str, name: str, fits: bool):
    form = find_forms(provider, "model").names
    assert form is not None
    assert form.fits(name) is fits


@pytest.mark.parametrize("provider", ["ollama", "vllm", "llama-cpp", "lm-studio"])
def test_servers_of_open_models_take_any_name(provider: str):
    assert find_forms(provider, "qwen3").names is None


@pytest.mark.parametrize("name", ["calendar.list", "2nd look", "", "ü", "x" * 200, "mcp/files:read"])
@pytest.mark.parametrize("form", [NameForm(), NameForm("a-zA-Z0-9_.:-", "a-zA-Z_")])
def test_a_name_that_does_not_fit_becomes_one_that_does(form: NameForm, name: str):
    assert form.fits(form.fit(name))


def test_a_name_stays_readable():
    assert NameForm().fit("calendar.list") == "calendar_list"
    assert re.match("_2nd_look", NameForm(first="a-zA-Z_").fit("2nd look"))
