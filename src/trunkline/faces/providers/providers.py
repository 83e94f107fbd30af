"""Providers: what there is, what can be set, and whether a configuration would work."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from fastapi import Query
from msgspec import structs
from pydantic import ConfigDict, StrictBool

from trunkline.control.record import Beside
from trunkline.core.errors import FieldError
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.configuration_wire import ConfigurationUpdateRequest, TestStageResponse
from trunkline.faces.http.model_wire import ProviderModelListResponse, RefreshDep
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import ResponseBody
from trunkline.faces.providers.draft_wire import FieldErrorResponse, read_draft
from trunkline.providers.provider import Provider, ProviderKind
from trunkline.providers.registry import PROVIDERS, find
from trunkline.providers.schema import schema

router = Router(prefix="/api/providers", tags=["Providers"])


class ProviderResponse(ResponseBody):
    """A provider. ``acceptsApiKey`` is false where a key is refused; ``keyUrl`` is the page where one is made."""

    name: str
    display_name: str
    kind: ProviderKind
    requires_api_key: bool
    accepts_api_key: bool
    requires_base_url: bool
    base_url: str | None
    docs_url: str
    key_url: str | None
    key_prefixes: list[str]
    env: list[str]
    capabilities: list[str]
    example_models: list[str]
    start_hint: str | None

    @classmethod
    def of(cls, provider: Provider) -> ProviderResponse:
        """From the row."""
        return super().of(
            Beside(
                provider,
                name=provider.id,
                accepts_api_key=provider.auth != "none",
                base_url=None if provider.in_process else provider.base_url,
                capabilities=sorted(provider.capabilities),
            )
        )


def _describe(schema: dict[str, Any]) -> None:
    # Fields that are ignored, whatever they hold, are no part of the description.
    for name in ConfigurationValidateRequest.read_only:
        schema["properties"].pop(name, None)
    schema["examples"] = [ConfigurationValidateRequest.example]


class ConfigurationValidateRequest(ConfigurationUpdateRequest):
    """A configuration to check, with its settings inside ``configuration`` or beside it; ``live`` asks the provider."""

    read_only: ClassVar[frozenset[str]] = ConfigurationUpdateRequest.read_only | {
        "isActive",
        "shared",
        "applicationId",
        "provider",
    }

    example: ClassVar[dict[str, Any]] = {"model": "gpt-4o-mini", "apiKey": "sk-proj-xxxxxxxxxxxx"}

    model_config = ConfigDict(extra="allow", json_schema_extra=_describe)

    live: StrictBool = False


class ConfigurationValidateResponse(ResponseBody):
    """Whether it would be accepted and, with ``stages``, whether it works."""

    valid: bool
    errors: list[FieldErrorResponse]
    stages: list[TestStageResponse] | None


@router.get("", dependencies=[allow("providers.read")])
async def list_providers(actor: ActorDep) -> list[ProviderResponse]:
    """All providers."""
    return [ProviderResponse.of(provider) for provider in PROVIDERS.values()]


@router.get("/{name}/schema", dependencies=[allow("providers.read")])
async def get_provider_schema(actor: ActorDep, name: str) -> dict[str, Any]:
    """The JSON Schema of a provider's `configuration`."""
    return schema(find(name))


@router.get("/{name}/models", dependencies=[allow("providers.read")])
async def list_provider_models(
    services: ServicesDep,
    actor: ActorDep,
    name: str,
    configuration_id: Annotated[str | None, Query(alias="configurationId", max_length=64)] = None,
    refresh: RefreshDep = False,
) -> ProviderModelListResponse:
    """A provider's models: live by one of your configurations, else from the catalogue."""
    models = services.provider_models
    return ProviderModelListResponse.of(await models.list(actor, name, configuration_id, refresh=refresh))


@router.post("/{name}/validate", dependencies=[allow("configurations.change")])
async def validate_configuration(
    services: ServicesDep, actor: ActorDep, name: str, given: ConfigurationValidateRequest
) -> ConfigurationValidateResponse:
    """Check a configuration without saving anything."""
    beside: dict[str, Any] = given.model_extra or {}
    draft = structs.replace(read_draft(find(name), given), parameters={**beside, **given.configuration})
    result = await services.connection_tests.validate(actor, draft, live=given.live)
    return ConfigurationValidateResponse(
        valid=result.valid,
        errors=[FieldErrorResponse(field=_as_written(error, beside), message=error.message) for error in result.errors],
        stages=None if result.stages is None else [TestStageResponse.of(stage) for stage in result.stages],
    )


def _as_written(error: FieldError, beside: dict[str, Any]) -> str:
    path = error.field.removeprefix("configuration.")
    return path if path.partition(".")[0] in beside else error.field
