"""Making, listing, changing and deleting entries."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.ai_llms.ai_llm import AiLlmRecord
from trunkline.control.page import Page
from trunkline.core.access import check
from trunkline.faces.ai_llm.acting import ChangerDep
from trunkline.faces.ai_llm.failure import failures
from trunkline.faces.ai_llm.wire import (
    AiLlmCreateRequest,
    AiLlmCreateResponse,
    AiLlmDoneResponse,
    AiLlmListResponse,
    AiLlmUpdateRequest,
)
from trunkline.faces.http.auth import ActorDep, EverywhereDep, allow
from trunkline.faces.http.paging import OptionalPageDep, link_next, write_list
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId

router = Router(prefix="/ai/llm", tags=["AI LLMs"])


@router.post("", dependencies=[allow("configurations.change")], responses=failures(400, 403, 429))
async def create_ai_llm(
    services: ServicesDep, request: Request, actor: ActorDep, everywhere: EverywhereDep, given: AiLlmCreateRequest
) -> AiLlmCreateResponse:
    """Make an entry in one of your workspaces, for everybody in it. Programs call it as `<name>/<model>`."""
    ai_llms = services.ai_llms
    there = await ai_llms.find_actor_at(actor, given.workspace_id.lower(), everywhere=everywhere)
    remember_actor(request, there)
    check(there, "configurations.change")
    ai_llm_id = await ai_llms.create(there, given.entry())
    return AiLlmCreateResponse(
        ai_llm_id=ai_llm_id,
        message=f"The AI LLM configuration was created. Validate it with POST /ai/llm/{ai_llm_id}/validate.",
    )


@router.get("", dependencies=[allow("configurations.read")], responses=failures(400, 403))
async def list_ai_llms(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    everywhere: EverywhereDep,
    page: OptionalPageDep,
    workspace_id: Annotated[
        str | None,
        Query(alias="workspaceId", max_length=255, description="One workspace alone. Nothing is in one out of reach."),
    ] = None,
) -> AiLlmListResponse:
    """Your configurations and those shared with you, in all of your workspaces, the newest first."""
    wanted = None if workspace_id is None else workspace_id.lower()
    found = await services.ai_llms.list(actor, everywhere=everywhere, workspace_id=wanted, page=page)
    return await _write(request, response, found)


@router.get("/available", dependencies=[allow("configurations.read")], responses=failures(400, 403))
async def list_available_ai_llms(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    everywhere: EverywhereDep,
    page: OptionalPageDep,
) -> AiLlmListResponse:
    """Those of them that are active and were validated, the newest first."""
    found = await services.ai_llms.list(actor, everywhere=everywhere, ready=True, page=page)
    return await _write(request, response, found)


async def _write(request: Request, response: Response, page: Page[AiLlmRecord]) -> AiLlmListResponse:
    link_next(request, response, page)
    # FastAPI sends a response as it is; the type says what is in it.
    return cast("AiLlmListResponse", await write_list(AiLlmListResponse.of, page.items, response.headers))


@router.put("/{ai_llm_id}", dependencies=[allow("configurations.change")], responses=failures(400, 403, 404, 429))
async def update_ai_llm(
    services: ServicesDep,
    actor: ChangerDep,
    ai_llm_id: PathId,
    given: AiLlmUpdateRequest,
) -> AiLlmDoneResponse:
    """Change any part of an entry. It must be validated again, unless only its name changes."""
    validated = await services.ai_llms.update(actor, ai_llm_id, given.entry())
    again = "" if validated else f" Validate it with POST /ai/llm/{ai_llm_id}/validate."
    return AiLlmDoneResponse(message=f"The AI LLM configuration was updated.{again}")


@router.delete("/{ai_llm_id}", dependencies=[allow("configurations.change")], responses=failures(403, 404, 429))
async def delete_ai_llm(services: ServicesDep, actor: ChangerDep, ai_llm_id: PathId) -> AiLlmDoneResponse:
    """Delete an entry that nothing uses, and erase its credentials."""
    await services.ai_llms.delete(actor, ai_llm_id)
    return AiLlmDoneResponse(message="The AI LLM configuration was deleted and its credentials were erased.")
