"""Configurations that are not saved, on the wire: as forms send them, and what is made of them."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import UNSET, structs
from pydantic import ConfigDict, Field

from trunkline.control.configurations.configuration import Draft
from trunkline.faces.http.configuration_wire import ConfigurationUpdateRequest
from trunkline.faces.http.wire import RequestBody, ResponseBody
from trunkline.providers.provider import Provider


class FieldErrorResponse(ResponseBody):
    """One wrong field, as the caller wrote it, and what to do."""

    field: str
    message: str


def _describe(schema: dict[str, Any]) -> None:
    # Fields that are ignored, whatever they hold, are no part of the description.
    for name in ConfigurationDraftRequest.read_only:
        schema["properties"].pop(name, None)
    schema["examples"] = [ConfigurationDraftRequest.example]


class ConfigurationDraftRequest(ConfigurationUpdateRequest):
    """A configuration that is not saved. Whatever is left out counts as not set."""

    read_only: ClassVar[frozenset[str]] = ConfigurationUpdateRequest.read_only | {
        "isActive",
        "shared",
        "applicationId",
        "provider",
        "caching",
        "reason",
    }
    example: ClassVar[dict[str, Any]] = {"apiKey": "sk-proj-xxxxxxxxxxxx"}

    model_config = ConfigDict(json_schema_extra=_describe)


class DraftPullRequest(RequestBody):
    """The model to download, and the address of the Ollama that is to have it."""

    example: ClassVar[dict[str, Any]] = {"model": "llama3.2", "baseUrl": "http://127.0.0.1:11434"}

    model: str = Field(max_length=255)
    base_url: str | None = None


class RequestPreviewResponse(ResponseBody):
    """The request to the provider that a call with one short message would become.

    ``unset``: fields that are left out because nobody set them. ``unsupported``: settings that the model does not take,
    with the reason. ``problems``: what is wrong with the settings; wrong ones are not in ``body``.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: dict[str, Any]
    unset: list[str]
    unsupported: list[FieldErrorResponse]
    problems: list[FieldErrorResponse]


class FoundServerResponse(ResponseBody):
    """A server that answers on the machine that Trunkline runs on, and its models."""

    base_url: str
    models: list[str]


def read_draft(provider: Provider, given: ConfigurationUpdateRequest) -> Draft:
    """What was sent, as a draft for ``provider``."""
    draft = structs.replace(given.draft(), name=given.name or "Draft", provider=provider.id, reason="")
    return draft if given.model else structs.replace(draft, model=UNSET)
