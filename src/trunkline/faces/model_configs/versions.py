"""Versions of configurations, and how they share the traffic."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.versions.version import VersionRecord
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import OptionalPageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId
from trunkline.faces.model_configs.missing import name_missing
from trunkline.faces.model_configs.version_wire import (
    VersionCreateRequest,
    VersionResponse,
    VersionShareRequest,
    VersionUpdateRequest,
)
from trunkline.faces.model_configs.wire import ModelConfigDeleteResponse

router = Router(
    prefix="/model-configs/{config_id}/versions", tags=["Model config versions"], dependencies=[Depends(name_missing)]
)


@router.get("", dependencies=[allow("configurations.read")])
async def list_versions(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    config_id: PathId,
    page: OptionalPageDep,
) -> list[VersionResponse]:
    """The configuration's versions, the oldest first."""
    found = await services.versions.list(actor, config_id, page)
    link_next(request, response, found)
    return [VersionResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("configurations.change")])
async def create_version(
    services: ServicesDep, response: Response, actor: ActorDep, config_id: PathId, given: VersionCreateRequest
) -> VersionResponse:
    """Make a version. Before the first that is not `v1`, the configuration itself becomes `v1`."""
    record = await services.versions.create(actor, config_id, given.draft())
    response.headers["Location"] = f"/model-configs/{config_id}/versions/{record.id}"
    return _answer(response, record)


@router.put("", dependencies=[allow("configurations.change")])
async def update_version_shares(
    services: ServicesDep,
    actor: ActorDep,
    config_id: PathId,
    given: Annotated[list[VersionShareRequest], Body(max_length=100, examples=[[VersionShareRequest.example]])],
) -> list[VersionResponse]:
    """Set the shares of all active versions at once; they must sum up to 100."""
    asked = [(share.id, round(share.traffic_percent * 100)) for share in given]
    return [VersionResponse.of(record) for record in await services.versions.set_shares(actor, config_id, asked)]


@router.get("/{version_id}", dependencies=[allow("configurations.read")])
async def get_version(
    services: ServicesDep, response: Response, actor: ActorDep, config_id: PathId, version_id: PathId
) -> VersionResponse:
    """One version."""
    return _answer(response, await services.versions.get(actor, config_id, version_id))


@router.put("/{version_id}", dependencies=[allow("configurations.change")])
async def update_version(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    config_id: PathId,
    version_id: PathId,
    given: VersionUpdateRequest,
    if_match: IfMatchDep,
) -> VersionResponse:
    """Change any part of it. Its share is taken as asked, those of the other active versions are scaled."""
    record = await services.versions.update(actor, config_id, version_id, given.draft(), if_revision=if_match)
    return _answer(response, record)


@router.delete("/{version_id}", dependencies=[allow("configurations.change")])
async def delete_version(
    services: ServicesDep, actor: ActorDep, config_id: PathId, version_id: PathId, if_match: IfMatchDep
) -> ModelConfigDeleteResponse:
    """Delete it; the share of an active one goes to the other active versions."""
    await services.versions.delete(actor, config_id, version_id, if_revision=if_match)
    return ModelConfigDeleteResponse(id=version_id)


def _answer(response: Response, record: VersionRecord) -> VersionResponse:
    response.headers["ETag"] = write_etag(record.revision)
    return VersionResponse.of(record)
