"""What is checked of a provider before it is loaded, and with the kit."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.extensions import OPENAI_PARAMETERS, Paths, Provider, ProviderExtension
from trunkline.extensions.testing import check_provider

ACME = Provider(
    id="acme",
    display_name="Acme AI",
    base_url="https://api.acme.example/v1",
    paths=Paths(chat="/chat/completions", models="/models"),
    parameters=OPENAI_PARAMETERS,
)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"display_name": " "}, "display_name: must have 1 to 60 characters."),
        ({"env": ("acme key",)}, "env: 'acme key' is not the name"),
        ({"env": ("TRUNKLINE_PORT",)}, "env: 'TRUNKLINE_PORT' is not the name"),
        ({"docs_url": "javascript:alert(1)"}, "docs_url: must start with https://."),
        ({"key_prefixes": ("",)}, "key_prefixes: an empty one fits every key."),
        ({"dialect": "morse"}, "dialect: there is no 'morse'. There are: anthropic_messages,"),
        ({"auth": "aws"}, "auth: that of clouds"),
        ({"in_process": True}, "in_process: is for"),
        ({"base_url": None}, "base_url: is required"),
        ({"base_url": "http://api.acme.example"}, "base_url: must start with https://"),
        ({"base_url": "https://me@acme.example"}, "The URL carries a user name"),
        ({"headers": (("Host", "x"),)}, "headers.Host: is set by Trunkline itself"),
        ({"paths": Paths(chat="chat")}, "paths.chat: must start with /."),
        ({"capabilities": frozenset({"chat", "embeddings"})}, "capabilities: embeddings needs paths.embeddings."),
        ({"parameters": (*OPENAI_PARAMETERS, OPENAI_PARAMETERS[0])}, "parameters: 'temperature' is there twice."),
        (
            {"parameters": (msgspec.structs.replace(OPENAI_PARAMETERS[0], neutral="nowhere"),)},
            "parameters: 'nowhere', the neutral of 'temperature', leads nowhere.",
        ),
    ],
)
def test_each_fault_is_told_by_its_field(changes: dict[str, Any], fault: str) -> None:
    extension = ProviderExtension(api=1, provider=msgspec.structs.replace(ACME, **changes))
    assert any(fault in one for one in extension.find_faults())
    with pytest.raises(AssertionError) as told:
        check_provider(extension, key="k", model="m", base_url=None)
    assert fault in str(told.value)


def test_a_provider_without_faults_has_none() -> None:
    assert ProviderExtension(api=1, provider=ACME).find_faults() == []


@pytest.mark.parametrize(
    ("dialect", "paths", "auth", "header"),
    [
        ("openai_chat", ACME.paths, "bearer", ("authorization", "Bearer acme-key")),
        ("anthropic_messages", Paths(chat="/v1/messages", models="/v1/models"), "x-api-key", ("x-api-key", "acme-key")),
        ("ollama", Paths(chat="/api/chat", models="/api/tags"), "bearer", ("authorization", "Bearer acme-key")),
        (
            "gemini",
            Paths(
                chat="/models/{model}:generateContent",
                chat_stream="/models/{model}:streamGenerateContent?alt=sse",
                models="/models",
            ),
            "x-goog-api-key",
            ("x-goog-api-key", "acme-key"),
        ),
    ],
)
def test_the_kit_tests_the_connection_to_a_provider_of_each_dialect(
    dialect: str, paths: Paths, auth: Any, header: tuple[str, str]
) -> None:
    provider = msgspec.structs.replace(ACME, dialect=dialect, paths=paths, auth=auth)
    listed, chat = check_provider(ProviderExtension(api=1, provider=provider), key="acme-key", model="acme-large")
    assert listed.method == "GET"
    assert chat.method == "POST"
    assert chat.url.startswith("https://api.acme.example/v1")
    assert chat.headers[header[0]] == header[1]


def test_the_kit_tells_a_name_that_is_taken_and_another_number() -> None:
    taken = ProviderExtension(api=1, provider=msgspec.structs.replace(ACME, id="openai"))
    with pytest.raises(AssertionError, match="'openai' is that of the provider"):
        check_provider(taken, key="k", model="m")
    with pytest.raises(AssertionError, match="api: is 9, and this Trunkline has 1"):
        check_provider(ProviderExtension(api=9, provider=ACME), key="k", model="m")
