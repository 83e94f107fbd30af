"""``/api/audit``: who changed, tested or was refused what."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Annotated, Final, Literal

from fastapi import Depends, Query, Request, Response

from trunkline.control.audit import AuditFilter, AuditRecord
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.table_file import FILES, FormDep, Row, send_table
from trunkline.faces.http.wire import GivenId, GivenMoment
from trunkline.faces.management.audit_wire import AuditAcknowledgeRequest, AuditChainResponse, AuditEventResponse

router = Router(prefix="/api/audit", tags=["Audit"])

_COLUMNS: Final = tuple(field.serialization_alias or name for name, field in AuditEventResponse.model_fields.items())


async def read_filter(
    action: Annotated[str | None, Query(max_length=64)] = None,
    target_type: Annotated[str | None, Query(alias="targetType", max_length=32)] = None,
    target_id: Annotated[str | None, Query(alias="targetId", max_length=64)] = None,
    actor_id: Annotated[GivenId | None, Query(alias="actorId")] = None,
    outcome: Annotated[Literal["ok", "failed", "refused"] | None, Query()] = None,
    since: Annotated[GivenMoment | None, Query(alias="from")] = None,
    until: Annotated[GivenMoment | None, Query(alias="to")] = None,
) -> AuditFilter:
    """Which events are asked for."""
    return AuditFilter(
        action=action,
        target_type=target_type,
        target_id=target_id,
        actor_id=actor_id,
        outcome=outcome,
        since=since,
        until=until,
    )


FilterDep = Annotated[AuditFilter, Depends(read_filter)]


@router.get("", dependencies=[allow("audit.read")])
async def list_audit_events(
    services: ServicesDep, actor: ActorDep, page: PageDep, wanted: FilterDep, request: Request, response: Response
) -> list[AuditEventResponse]:
    """The workspace's events, the newest first; `from` is included, `to` is not."""
    found = await services.audit.list(actor, wanted, page)
    link_next(request, response, found)
    return [AuditEventResponse.model_validate(record) for record in found.items]


@router.get("/export", dependencies=[allow("audit.read")], response_class=Response, responses=FILES)
async def export_audit_events(
    services: ServicesDep, actor: ActorDep, wanted: FilterDep, form: FormDep = "csv"
) -> Response:
    """All events that `GET /api/audit` pages through, as a file. Exports are recorded in the audit log."""
    pages = await services.audit.begin_export(actor, wanted)
    return send_table("audit", form, _COLUMNS, _write_events(pages))


async def _write_events(pages: AsyncIterator[Sequence[AuditRecord]]) -> AsyncGenerator[list[Row]]:
    async for page in pages:
        yield [AuditEventResponse.of(record).model_dump(mode="json", by_alias=True) for record in page]


@router.get("/verify", dependencies=[allow("audit.read")])
async def verify_audit_log(services: ServicesDep, actor: ActorDep) -> AuditChainResponse:
    """Check that no event of the workspace was changed, removed or added behind Trunkline's back."""
    return AuditChainResponse.of(await services.audit_verification.verify(actor))


@router.get("/verify/installation", dependencies=[allow("audit.verify_installation")])
async def verify_all_audit_logs(services: ServicesDep, actor: ActorDep) -> list[AuditChainResponse]:
    """As `/api/audit/verify`, for all workspaces and for what belongs to none. For the installation's administrator."""
    return [AuditChainResponse.of(each) for each in await services.audit_verification.verify_installation(actor)]


@router.post("/acknowledge", dependencies=[allow("audit.acknowledge")])
async def acknowledge_audit_breaks(
    services: ServicesDep, given: AuditAcknowledgeRequest, actor: ActorDep
) -> AuditChainResponse:
    """Take note of what `/api/audit/verify` finds, and begin the chain anew. For owners.

    What was found is recorded in the log, and told by each later verification as one of `renewals`. Later changes are
    found as before.
    """
    return AuditChainResponse.of(await services.audit_acknowledgement.acknowledge(actor, given.comment))


@router.post("/acknowledge/installation", dependencies=[allow("audit.verify_installation")])
async def acknowledge_audit_breaks_of_installation(
    services: ServicesDep, given: AuditAcknowledgeRequest, actor: ActorDep
) -> list[AuditChainResponse]:
    """As `/api/audit/acknowledge`, for the log of what belongs to no workspace. For the installation's administrator.

    Logs of workspaces that are gone are among them. Those of others are acknowledged by their owners.
    """
    reports = await services.audit_acknowledgement.acknowledge_installation(actor, given.comment)
    return [AuditChainResponse.of(each) for each in reports]
