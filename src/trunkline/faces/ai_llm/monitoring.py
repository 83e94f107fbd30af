"""What entries were used for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from trunkline.faces.ai_llm.failure import failures
from trunkline.faces.ai_llm.wire import AiLlmStatsResponse
from trunkline.faces.http.auth import ActorDep, EverywhereDep, allow
from trunkline.faces.http.services import ServicesDep

router = APIRouter(prefix="/ai/llm", tags=["AI LLMs"])


@router.get("/stats", dependencies=[allow("usage.read")], responses=failures(403, 404))
async def get_ai_llm_stats(
    services: ServicesDep,
    actor: ActorDep,
    everywhere: EverywhereDep,
    ai_llm_id: Annotated[
        str | None,
        Query(alias="aiLlmId", max_length=255, description="One entry alone; without it, each that you see."),
    ] = None,
) -> AiLlmStatsResponse:
    """Calls, tokens and broken policies, in total. At most two seconds behind the last call."""
    wanted = None if ai_llm_id is None else ai_llm_id.lower()
    return AiLlmStatsResponse.of(await services.ai_llms.read_stats(actor, wanted, everywhere=everywhere))
