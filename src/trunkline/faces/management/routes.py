"""``/api/routes``: names that lead to several configurations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response

from trunkline.control.routes.route import RouteRecord
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.revision_wire import RevisionResponse
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.management.route_wire import (
    RouteCreateRequest,
    RouteResponse,
    RouteRevertRequest,
    RouteUpdateRequest,
    read_draft,
)

router = Router(prefix="/api/routes", tags=["Routes"])


@router.get("", dependencies=[allow("routes.read")])
async def list_routes(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[RouteResponse]:
    """The workspace's routes, the newest first."""
    found = await services.routes.list(actor, page)
    link_next(request, response, found)
    return [RouteResponse.model_validate(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("routes.change")])
async def create_route(
    services: ServicesDep, given: RouteCreateRequest, actor: ActorDep, response: Response
) -> RouteResponse:
    """Make a route: a name that programs use as `model`, over configurations that are shared with the workspace."""
    record = await services.routes.create(actor, read_draft(given))
    response.headers["Location"] = f"/api/routes/{record.id}"
    return _write(record, response)


@router.get("/{route_id}", dependencies=[allow("routes.read")])
async def get_route(services: ServicesDep, route_id: PathId, actor: ActorDep, response: Response) -> RouteResponse:
    """One route."""
    return _write(await services.routes.get(actor, route_id), response)


@router.put("/{route_id}", dependencies=[allow("routes.change")])
async def update_route(
    services: ServicesDep,
    route_id: PathId,
    given: RouteUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> RouteResponse:
    """Change any part of a route. Targets are replaced as a whole."""
    return _write(await services.routes.update(actor, route_id, read_draft(given), if_revision=if_match), response)


@router.delete("/{route_id}", dependencies=[allow("routes.change")])
async def delete_route(
    services: ServicesDep, route_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete a route. The configurations that it leads to stay."""
    await services.routes.delete(actor, route_id, if_revision=if_match)
    return SuccessResponse()


@router.get("/{route_id}/revisions", dependencies=[allow("routes.read")])
async def list_route_revisions(
    services: ServicesDep, route_id: PathId, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[RevisionResponse]:
    """Its saved states, the newest first, each with what it changed."""
    found = await services.routes.history(actor, route_id, page)
    link_next(request, response, found)
    return [RevisionResponse.of(record) for record in found.items]


@router.post("/{route_id}/revisions/{number}/revert", dependencies=[allow("routes.change")])
async def revert_route(
    services: ServicesDep,
    route_id: PathId,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
    given: RouteRevertRequest | None = None,
) -> RouteResponse:
    """Go back to a saved state, as a new revision."""
    reason = given.reason if given is not None else ""
    record = await services.routes.revert(actor, route_id, number, reason=reason, if_revision=if_match)
    return _write(record, response)


def _write(record: RouteRecord, response: Response) -> RouteResponse:
    response.headers["ETag"] = write_etag(record.revision)
    return RouteResponse.model_validate(record)
