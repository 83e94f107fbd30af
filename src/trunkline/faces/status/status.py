"""``/api/status``: how configurations and providers are."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.responses import StreamingResponse

from trunkline.control.health.history import CellSize
from trunkline.control.page import DEFAULT_LIMIT, LARGEST_LIMIT, PageRequest
from trunkline.core.errors import InvalidInput
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.event_stream import EVENTS, STREAM_SECONDS, send_events, tell_changes
from trunkline.faces.http.paging import CursorDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.status.wire import StatusChangeResponse, StatusResponse

router = Router(prefix="/api/status", tags=["Status"])

_LARGEST_LIMIT: Final = 1_000
"""Without cells a configuration is two hundred bytes."""


@router.get("", dependencies=[allow("status.read")])
async def read_status(
    services: ServicesDep,
    actor: ActorDep,
    request: Request,
    response: Response,
    limit: Annotated[
        int, Query(ge=1, le=_LARGEST_LIMIT, description=f"Items on a page, at most {LARGEST_LIMIT} with `cells`.")
    ] = DEFAULT_LIMIT,
    cursor: CursorDep = None,
    cell: Annotated[CellSize, Query(description="How long each of the 90 cells of history is.")] = "quarter",
    cells: Annotated[bool, Query(description="Whether the cells come along, or only what they add up to.")] = True,
) -> StatusResponse:
    """How the configurations that you see are and were, the newest first, and their providers."""
    if cells and limit > LARGEST_LIMIT:
        raise InvalidInput.of("limit", f"a page has at most {LARGEST_LIMIT} with the cells; ask with cells=false.")
    found = await services.status.read(actor, PageRequest(limit, cursor), cell, cells=cells)
    link_next(request, response, found.configurations)
    return StatusResponse.of(found)


@router.get("/stream", dependencies=[allow("status.read")], response_class=StreamingResponse, responses=EVENTS)
async def follow_status(
    services: ServicesDep,
    actor: ActorDep,
    seconds: Annotated[int, Query(ge=0, le=STREAM_SECONDS, description="After how long it ends.")] = STREAM_SECONDS,
) -> StreamingResponse:
    """Server-sent events: `ready`, and a `change` for each configuration whose state changes from then on.

    It ends after 15 minutes, or `seconds`. Connect again then, and read the status once more.
    """
    return send_events(tell_changes(services.status.follow(actor), seconds, "change", StatusChangeResponse.of))
