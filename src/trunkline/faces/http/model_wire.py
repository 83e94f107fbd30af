"""Models of a provider on the wire, for the faces that list them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from trunkline.control.configurations.provider_models import ModelListing
from trunkline.faces.http.wire import Moment, ResponseBody
from trunkline.providers.model_info import ModelInfo


class ProviderModelResponse(ResponseBody):
    """A model. ``pricing`` is USD per token as decimal text; ``created`` seconds since the epoch."""

    id: str
    name: str
    owned_by: str | None
    description: str | None
    context_length: int | None
    max_output_tokens: int | None
    input_modalities: list[str]
    output_modalities: list[str]
    capabilities: list[str]
    pricing: dict[str, str] | None
    created: int | None
    version: str | None
    details: dict[str, Any]

    @classmethod
    def of(cls, model: ModelInfo) -> ProviderModelResponse:
        """From what the provider says."""
        return cls(
            id=model.id,
            name=model.name,
            owned_by=model.owned_by,
            description=model.description,
            context_length=model.context_length,
            max_output_tokens=model.max_output_tokens,
            input_modalities=list(model.input_modalities),
            output_modalities=list(model.output_modalities),
            capabilities=list(model.capabilities),
            pricing=model.price,
            created=model.created,
            version=model.version,
            details=model.details,
        )


class ProviderModelListResponse(ResponseBody):
    """Models of a provider, ``live`` from itself or from the ``catalogue``; ``problem``: why not live.

    ``cached``: the list was fetched for an earlier request, ``ageSeconds`` ago. ``stale``: the provider fails now, and
    this is its last list that is known.
    """

    provider: str
    source: str
    models: list[ProviderModelResponse]
    problem: str | None
    cached: bool
    stale: bool
    fetched_at: Moment | None
    age_seconds: int | None

    @classmethod
    def of(cls, listing: ModelListing) -> ProviderModelListResponse:
        """From the listing."""
        return cls(
            provider=listing.provider,
            source=listing.source,
            models=[ProviderModelResponse.of(model) for model in listing.models],
            problem=listing.problem,
            cached=listing.cached,
            stale=listing.stale,
            fetched_at=listing.fetched_at,
            age_seconds=listing.age_seconds,
        )


RefreshDep = Annotated[bool, Query(description="Ask the provider although a list of the last ten minutes is there.")]
