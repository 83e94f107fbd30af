"""The models that a configuration can use, and downloads of new ones."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.configurations.provider_models import ModelListing
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.provider_failures import PROVIDER_FAILURES
from trunkline.faces.http.services import services_of
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody, SuccessResponse
from trunkline.providers.model_info import ModelInfo

routes = APIRouter(prefix="/api/configurations", tags=["Configurations"])


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


class ModelPullRequest(RequestBody):
    """The model to download, as its provider names it."""

    example: ClassVar[dict[str, Any]] = {"model": "llama3.2"}

    model: str = Field(max_length=255)


class ModelPullResponse(ResponseBody):
    """The job to follow at ``/api/jobs/:id``."""

    job_id: str


@routes.get("/{configuration_id}/models", dependencies=[allow("configurations.read")], responses=PROVIDER_FAILURES)
async def list_configuration_models(
    request: Request, actor: ActorDep, configuration_id: str, refresh: RefreshDep = False
) -> ProviderModelListResponse:
    """The models that this configuration can use, asked from its provider: for Ollama, those that are installed.

    A list is remembered for ten minutes, and dropped when a download or deletion of a model ends.
    """
    models = services_of(request).provider_models
    return ProviderModelListResponse.of(await models.list_local(actor, configuration_id, refresh=refresh))


@routes.post("/{configuration_id}/models/pull", status_code=202, dependencies=[allow("models.pull")])
async def pull_model(
    request: Request, response: Response, actor: ActorDep, configuration_id: str, given: ModelPullRequest
) -> ModelPullResponse:
    """Have Ollama download a model."""
    job = await services_of(request).pulls.start(actor, configuration_id, given.model)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return ModelPullResponse(job_id=job.id)


@routes.get(
    "/{configuration_id}/local-models/{local_model:path}",
    dependencies=[allow("configurations.read")],
    responses=PROVIDER_FAILURES,
)
async def get_local_model(
    request: Request, actor: ActorDep, configuration_id: str, local_model: str
) -> ProviderModelResponse:
    """What Ollama knows of an installed model: its family, context, abilities."""
    return ProviderModelResponse.of(await services_of(request).local_models.show(actor, configuration_id, local_model))


@routes.delete(
    "/{configuration_id}/local-models/{local_model:path}",
    dependencies=[allow("models.pull")],
    responses=PROVIDER_FAILURES,
)
async def delete_local_model(
    request: Request, actor: ActorDep, configuration_id: str, local_model: str
) -> SuccessResponse:
    """Have Ollama delete an installed model from its disk."""
    await services_of(request).local_models.delete(actor, configuration_id, local_model)
    return SuccessResponse(success=True)
