"""``/api/alerts``: what fires, and what did."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request, Response
from starlette.responses import StreamingResponse

from trunkline.control.alerts.alerts import AlertFilter
from trunkline.core.alert import AlertKind, AlertState, Severity
from trunkline.faces.alerts.alert_wire import AlertResponse
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.event_stream import EVENTS, STREAM_SECONDS, send_events, tell_changes
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId, PathId

router = Router(prefix="/api/alerts", tags=["Alerts"])


@router.get("", dependencies=[allow("alerts.read")])
async def read_alerts(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    state: Annotated[
        AlertState | Literal["open"] | None, Query(description="How they stand; `open`: those that are not resolved.")
    ] = None,
    kind: Annotated[AlertKind | None, Query(description="What they are about.")] = None,
    severity: Annotated[Severity | None, Query(description="How severe they are.")] = None,
    rule_id: Annotated[GivenId | None, Query(alias="ruleId", description="A rule's `id`.")] = None,
) -> list[AlertResponse]:
    """Open and past alerts that you may see, the newest first."""
    wanted = AlertFilter(
        is_open=True if state == "open" else None,
        state=None if state == "open" else state,
        kind=kind,
        severity=severity,
        rule_id=rule_id,
    )
    found = await services.alerts.list(actor, wanted, page)
    link_next(request, response, found)
    return [AlertResponse.of(record) for record in found.items]


@router.get("/stream", dependencies=[allow("alerts.read")], response_class=StreamingResponse, responses=EVENTS)
async def follow_alerts(
    services: ServicesDep,
    actor: ActorDep,
    seconds: Annotated[int, Query(ge=0, le=STREAM_SECONDS, description="After how long it ends.")] = STREAM_SECONDS,
) -> StreamingResponse:
    """Server-sent events: `ready`, and an `alert` for each that fires, is acknowledged or is resolved from then on.

    It ends after 15 minutes, or `seconds`. Connect again then, and list the alerts once more.
    """
    return send_events(tell_changes(services.alerts.follow(actor), seconds, "alert", AlertResponse.of))


@router.get("/{alert_id}", dependencies=[allow("alerts.read")])
async def get_alert(services: ServicesDep, alert_id: PathId, actor: ActorDep) -> AlertResponse:
    """One alert."""
    return AlertResponse.of(await services.alerts.get(actor, alert_id))


@router.post("/{alert_id}/acknowledge", dependencies=[allow("alerts.acknowledge")])
async def acknowledge_alert(services: ServicesDep, alert_id: PathId, actor: ActorDep) -> AlertResponse:
    """Say that somebody sees to it. Channels are not told again; that it is resolved, they are."""
    return AlertResponse.of(await services.alerts.acknowledge(actor, alert_id))
