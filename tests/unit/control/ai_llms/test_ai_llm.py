"""A configuration as an AI LLM entry, and an entry's draft."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from trunkline.control.ai_llms.ai_llm import Entry, name_as_written, provider_of, show, type_of
from trunkline.control.configurations.configuration import ConfigurationRecord
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.registry import PROVIDERS


def record(**fields: Any) -> ConfigurationRecord:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    base: dict[str, Any] = {
        "id": "c",
        "workspace_id": "w",
        "user_id": "u",
        "application_id": None,
        "name": "n",
        "provider": "openai",
        "model": None,
        "base_url": None,
        "parameters": {},
        "key": None,
        "is_active": True,
        "shared": True,
        "revision": 1,
        "created_at": moment,
        "updated_at": moment,
        "last_tested_at": None,
        "test_status": "pending",
    }
    return ConfigurationRecord(**{**base, **fields})


def test_each_type_has_a_provider_and_each_provider_a_type() -> None:
    for ai_type in ("OPENAI", "GOOGLE", "ANTHROPIC", "AWS", "OTHER"):
        assert type_of(provider_of(ai_type)) == ai_type
        assert provider_of(ai_type) in PROVIDERS
    own = {"openai", "gemini", "anthropic", "bedrock"}
    assert {provider for provider in PROVIDERS if type_of(provider) != "OTHER"} == own
    assert type_of("of a version to come") == "OTHER"


@pytest.mark.parametrize(
    ("fields", "endpoint"),
    [
        ({"base_url": "https://proxy.example.com/v1"}, "https://proxy.example.com/v1"),
        ({}, "https://api.openai.com/v1"),
        ({"provider": "bedrock"}, "https://bedrock-runtime.us-east-1.amazonaws.com"),
        (
            {"provider": "bedrock", "parameters": {"region": "eu-west-1"}},
            "https://bedrock-runtime.eu-west-1.amazonaws.com",
        ),
        ({"provider": "vertex"}, ""),
        ({"provider": "custom"}, ""),
        ({"provider": "of a version to come"}, ""),
    ],
)
def test_the_endpoint_is_the_base_url_or_the_providers_own(fields: dict[str, Any], endpoint: str) -> None:
    assert show(record(**fields), "org", ()).endpoint == endpoint


def test_the_key_is_a_mask() -> None:
    assert show(record(), "org", ()).key is None
    assert show(record(access_key="key-…abcd"), "org", ()).key == "key-…abcd"
    aws = record(provider="bedrock", parameters={"accessKeyId": "AKIAIOSFODNN7EXAMPLE"})
    assert show(aws, "org", ()).key == "…MPLE"


def test_fields_are_named_as_the_caller_wrote_them() -> None:
    fields = ("apiKey", "baseUrl", "provider", "accessKey", "configuration.accessKeyId", "name")
    error = name_as_written(InvalidInput.of_all(tuple(FieldError(field, "no.") for field in fields)))
    assert [wrong.field for wrong in error.fields] == ["secret", "endpoint", "aiType", "key", "key", "name"]
    assert error.message.startswith("secret: no; endpoint: no")
    assert name_as_written(InvalidInput("No.")).message == "No."


def test_what_an_entry_touches() -> None:
    assert Entry().is_empty
    assert not Entry(key=None).is_empty
    assert not Entry(name="n").reaches_differently
    for touching in (Entry(ai_type="AWS"), Entry(endpoint="x"), Entry(key=None), Entry(secret=Secret("s"))):
        assert touching.reaches_differently
