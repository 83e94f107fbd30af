"""The models that a configuration can use, and downloads of new ones."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field
from starlette.responses import Response

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.model_wire import (
    ModelPullResponse,
    ProviderModelListResponse,
    ProviderModelResponse,
    RefreshDep,
)
from trunkline.faces.http.provider_failures import PROVIDER_FAILURES
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import RequestBody, SuccessResponse

router = Router(prefix="/api/configurations", tags=["Configurations"])


class ModelPullRequest(RequestBody):
    """The model to download, as its provider names it."""

    example: ClassVar[dict[str, Any]] = {"model": "llama3.2"}

    model: str = Field(max_length=255)


@router.get("/{configuration_id}/models", dependencies=[allow("configurations.read")], responses=PROVIDER_FAILURES)
async def list_configuration_models(
    services: ServicesDep, actor: ActorDep, configuration_id: str, refresh: RefreshDep = False
) -> ProviderModelListResponse:
    """The models that this configuration can use, asked from its provider: for Ollama, those that are installed.

    A list is remembered for ten minutes, and dropped when a download or deletion of a model ends.
    """
    models = services.provider_models
    return ProviderModelListResponse.of(await models.list_local(actor, configuration_id, refresh=refresh))


@router.post("/{configuration_id}/models/pull", status_code=202, dependencies=[allow("models.pull")])
async def pull_model(
    services: ServicesDep, response: Response, actor: ActorDep, configuration_id: str, given: ModelPullRequest
) -> ModelPullResponse:
    """Have Ollama download a model."""
    job = await services.pulls.start(actor, configuration_id, given.model)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return ModelPullResponse(job_id=job.id)


@router.get(
    "/{configuration_id}/local-models/{local_model:path}",
    dependencies=[allow("configurations.read")],
    responses=PROVIDER_FAILURES,
)
async def get_local_model(
    services: ServicesDep, actor: ActorDep, configuration_id: str, local_model: str
) -> ProviderModelResponse:
    """What Ollama knows of an installed model: its family, context, abilities."""
    return ProviderModelResponse.of(await services.local_models.show(actor, configuration_id, local_model))


@router.delete(
    "/{configuration_id}/local-models/{local_model:path}",
    dependencies=[allow("models.pull")],
    responses=PROVIDER_FAILURES,
)
async def delete_local_model(
    services: ServicesDep, actor: ActorDep, configuration_id: str, local_model: str
) -> SuccessResponse:
    """Have Ollama delete an installed model from its disk."""
    await services.local_models.delete(actor, configuration_id, local_model)
    return SuccessResponse(success=True)
