"""``/api/requests``: calls one by one, and as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from trunkline.control.usage.record import EventRecord
from trunkline.control.usage.requests import FOLLOWED_SECONDS
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.event_stream import EVENTS, SentEvent, send_events
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.usage.question import FilterDep, SpanDep
from trunkline.faces.usage.wire import RequestResponse, UsageEventResponse

router = Router(prefix="/api/requests", tags=["Usage"])


@router.get("", dependencies=[allow("usage.read")])
async def list_requests(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    page: PageDep,
    wanted: FilterDep,
    question: SpanDep,
) -> list[UsageEventResponse]:
    """Requests, the newest first: your own, for admins the workspace's. Of all time, unless a span is given."""
    found = await services.requests.list(actor, wanted, page, question)
    link_next(request, response, found)
    return [UsageEventResponse.of(record) for record in found.items]


@router.get("/stream", dependencies=[allow("usage.read")], response_class=StreamingResponse, responses=EVENTS)
async def follow_requests(
    services: ServicesDep,
    actor: ActorDep,
    wanted: FilterDep,
    seconds: Annotated[int, Query(ge=0, le=FOLLOWED_SECONDS, description="When the stream ends.")] = FOLLOWED_SECONDS,
) -> StreamingResponse:
    """Requests as they end, about a second later: each is an event `request` like an item of the list.

    The stream ends after `seconds`; connect again to go on.
    """
    return send_events(_tell(services.requests.follow(actor, wanted, seconds)))


@router.get("/{request_id}", dependencies=[allow("usage.read")])
async def get_request(
    services: ServicesDep, actor: ActorDep, request_id: Annotated[str, Path(max_length=128)]
) -> RequestResponse:
    """The whole life of one request: its attempts, tokens, cost, and the policies that it broke."""
    return RequestResponse.of_call(await services.requests.get(actor, request_id))


async def _tell(records: AsyncGenerator[EventRecord]) -> AsyncGenerator[SentEvent]:
    try:
        async for record in records:
            body = UsageEventResponse.of(record).model_dump(mode="json", by_alias=True)
            yield SentEvent("request", body, record.id)
    finally:
        await records.aclose()
