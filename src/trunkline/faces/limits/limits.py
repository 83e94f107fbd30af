"""``/api/limits``: how much of what each may use."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from trunkline.control.limits.limit import LimitFilter, LimitRecord
from trunkline.core.limit import Measure, Subject
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.limits.limit_wire import LimitCreateRequest, LimitResponse, LimitUpdateRequest

router = Router(prefix="/api/limits", tags=["Limits"])


@router.get("", dependencies=[allow("limits.read")])
async def list_limits(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    subject: Annotated[Subject | None, Query()] = None,
    subject_id: Annotated[str | None, Query(alias="subjectId", max_length=64)] = None,
    measure: Annotated[Measure | None, Query()] = None,
) -> list[LimitResponse]:
    """The workspace's limits, the newest first. Admins see all, others those that concern them."""
    wanted = LimitFilter(subject=subject, subject_id=subject_id, measure=measure)
    found = await services.limits.list(actor, wanted, page)
    link_next(request, response, found)
    return [LimitResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("limits.change")])
async def create_limit(
    services: ServicesDep, given: LimitCreateRequest, actor: ActorDep, response: Response
) -> LimitResponse:
    """Limit what somebody or something may use. It holds for calls from now on."""
    record = await services.limits.create(actor, given.read())
    response.headers["Location"] = f"/api/limits/{record.id}"
    return _write(record, response)


@router.get("/{limit_id}", dependencies=[allow("limits.read")])
async def get_limit(services: ServicesDep, limit_id: PathId, actor: ActorDep, response: Response) -> LimitResponse:
    """One limit."""
    return _write(await services.limits.get(actor, limit_id), response)


@router.put("/{limit_id}", dependencies=[allow("limits.change")])
async def update_limit(
    services: ServicesDep,
    limit_id: PathId,
    given: LimitUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> LimitResponse:
    """Change how much a limit is. Requests and tokens are counted anew from now on."""
    return _write(await services.limits.update(actor, limit_id, given.read(), if_revision=if_match), response)


@router.delete("/{limit_id}", dependencies=[allow("limits.change")])
async def delete_limit(
    services: ServicesDep, limit_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete a limit. It holds no more from now on."""
    await services.limits.delete(actor, limit_id, if_revision=if_match)
    return SuccessResponse()


def _write(record: LimitRecord, response: Response) -> LimitResponse:
    response.headers["ETag"] = write_etag(record.revision)
    return LimitResponse.of(record)
