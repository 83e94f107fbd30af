"""``/api/audit``: who changed, tested or was refused what."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from trunkline.control.audit import AuditFilter
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId, GivenMoment
from trunkline.faces.management.audit_wire import AuditEventResponse

router = APIRouter(prefix="/api/audit", tags=["Audit"])


@router.get("", dependencies=[allow("audit.read")])
async def list_audit_events(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    action: Annotated[str | None, Query(max_length=64)] = None,
    target_type: Annotated[str | None, Query(alias="targetType", max_length=32)] = None,
    target_id: Annotated[str | None, Query(alias="targetId", max_length=64)] = None,
    actor_id: Annotated[GivenId | None, Query(alias="actorId")] = None,
    outcome: Annotated[Literal["ok", "failed", "refused"] | None, Query()] = None,
    since: Annotated[GivenMoment | None, Query(alias="from")] = None,
    until: Annotated[GivenMoment | None, Query(alias="to")] = None,
) -> list[AuditEventResponse]:
    """The workspace's events, the newest first; `from` is included, `to` is not."""
    wanted = AuditFilter(
        action=action,
        target_type=target_type,
        target_id=target_id,
        actor_id=actor_id,
        outcome=outcome,
        since=since,
        until=until,
    )
    found = await services.audit.list(actor, wanted, page)
    link_next(request, response, found)
    return [AuditEventResponse.model_validate(record) for record in found.items]
