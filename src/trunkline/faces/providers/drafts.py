"""What is asked of a provider for a configuration that is not saved yet."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec import UNSET
from starlette.responses import Response, StreamingResponse

from trunkline.control.configurations.configuration import Draft
from trunkline.control.configurations.request_preview import preview
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.configuration_wire import TestStageResponse
from trunkline.faces.http.event_stream import EVENTS, SentEvent, send_events
from trunkline.faces.http.model_wire import ModelPullResponse, ProviderModelListResponse
from trunkline.faces.http.provider_failures import PROVIDER_FAILURES
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.providers.draft_wire import (
    ConfigurationDraftRequest,
    DraftPullRequest,
    FoundServerResponse,
    RequestPreviewResponse,
    read_draft,
)
from trunkline.providers.registry import find
from trunkline.providers.stage import Stage, judge

router = Router(prefix="/api/providers/{name}", tags=["Providers"])


@router.post("/test", dependencies=[allow("configurations.test")], response_class=StreamingResponse, responses=EVENTS)
async def follow_connection_test(
    services: ServicesDep, actor: ActorDep, name: str, given: ConfigurationDraftRequest
) -> StreamingResponse:
    """Test a configuration that is not saved, and follow it: a `stage` event as each stage ends, and one `done`.

    `done` says `success` and a `message`. Without a `model`, one of the provider's list is tried.
    """
    return send_events(_tell(services.connection_tests.follow(actor, read_draft(find(name), given))))


@router.post("/models", dependencies=[allow("configurations.change")], responses=PROVIDER_FAILURES)
async def list_models_of_draft(
    services: ServicesDep, actor: ActorDep, name: str, given: ConfigurationDraftRequest
) -> ProviderModelListResponse:
    """The models that a configuration which is not saved could use, asked from the provider with its own key."""
    return ProviderModelListResponse.of(await services.draft_models.list(actor, read_draft(find(name), given)))


@router.post("/models/pull", status_code=202, dependencies=[allow("models.pull")])
async def pull_model_of_draft(
    services: ServicesDep, response: Response, actor: ActorDep, name: str, given: DraftPullRequest
) -> ModelPullResponse:
    """Have an Ollama that no configuration points to download a model."""
    draft = Draft(name="Draft", provider=find(name).id, base_url=given.base_url)
    job = await services.pulls.start_unsaved(actor, draft, given.model)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return ModelPullResponse(job_id=job.id)


@router.get("/servers", dependencies=[allow("configurations.change")])
async def find_servers(services: ServicesDep, actor: ActorDep, name: str) -> list[FoundServerResponse]:
    """Servers of a provider that were found on Trunkline's machine: an Ollama that answers."""
    return [FoundServerResponse.of(found) for found in await services.draft_models.find_servers(actor, name)]


@router.post("/preview", dependencies=[allow("configurations.change")])
async def preview_request(
    services: ServicesDep, actor: ActorDep, name: str, given: ConfigurationDraftRequest
) -> RequestPreviewResponse:
    """The request that a configuration would make of a call with one short message. Nothing is sent."""
    provider = find(name)
    draft = read_draft(provider, given)
    model = None if draft.model is UNSET else draft.model
    made = preview(
        provider,
        model=model,
        base_url=given.base_url,
        parameters=given.configuration,
        max_output=services.provider_models.output_limit(provider, model),
    )
    return RequestPreviewResponse.of(made)


async def _tell(stages: AsyncGenerator[Stage]) -> AsyncGenerator[SentEvent]:
    seen: list[Stage] = []
    async with aclosing(stages):
        async for stage in stages:
            seen.append(stage)
            yield SentEvent("stage", TestStageResponse.of(stage).model_dump(mode="json", by_alias=True))
    verdict = judge(seen)
    yield SentEvent("done", {"success": verdict.ok, "message": verdict.message})
