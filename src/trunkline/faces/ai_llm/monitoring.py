"""What entries were used for."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.faces.ai_llm.failure import failures
from trunkline.faces.ai_llm.wire import AiLlmStatsResponse
from trunkline.faces.http.auth import ActorDep, EverywhereDep, allow
from trunkline.faces.http.paging import OptionalPageDep, link_next, write_list
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

router = Router(prefix="/ai/llm", tags=["AI LLMs"])


@router.get("/stats", dependencies=[allow("usage.read")], responses=failures(400, 403, 404))
async def get_ai_llm_stats(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    everywhere: EverywhereDep,
    page: OptionalPageDep,
    ai_llm_id: Annotated[
        str | None,
        Query(alias="aiLlmId", max_length=255, description="One entry alone; without it, each that you see."),
    ] = None,
) -> AiLlmStatsResponse:
    """Calls, tokens and broken policies, in total. Some two seconds behind the last call, five in a burst of them."""
    wanted = None if ai_llm_id is None else ai_llm_id.lower()
    stats = await services.ai_llms.read_stats(actor, wanted, everywhere=everywhere, page=page)
    link_next(request, response, stats)
    # FastAPI sends a response as it is; the type says what is in it.
    return cast("AiLlmStatsResponse", await write_list(AiLlmStatsResponse.of, stats.items, response.headers))
