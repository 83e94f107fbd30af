"""Making, reading, changing and deleting the configurations of applications."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.model_configs.model_config import ModelConfigRecord
from trunkline.control.page import PageRequest
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId, PathId
from trunkline.faces.model_configs.missing import name_missing
from trunkline.faces.model_configs.wire import (
    ModelConfigCreateRequest,
    ModelConfigDeleteResponse,
    ModelConfigResponse,
    ModelConfigUpdateRequest,
)

PAGE: Final = 1000
"""Configurations on a page: programs that know nothing of pages get all that an application sensibly has."""

router = Router(prefix="/model-configs", tags=["Model configs"], dependencies=[Depends(name_missing)])


async def read_page(
    limit: Annotated[int, Query(ge=1, le=PAGE, description="Items on a page.")] = PAGE,
    cursor: Annotated[
        str | None, Query(max_length=512, description="From the `Link` header of the page before.")
    ] = None,
) -> PageRequest:
    """The page that is asked for."""
    return PageRequest(limit, cursor)


@router.get("", dependencies=[allow("configurations.read")])
async def list_model_configs(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    page: Annotated[PageRequest, Depends(read_page)],
    application_id: Annotated[GivenId, Query(alias="applicationId")],
) -> list[ModelConfigResponse]:
    """The application's configurations, the oldest first."""
    found = await services.model_configs.list(actor, application_id, page)
    link_next(request, response, found)
    return [ModelConfigResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("configurations.change")])
async def create_model_config(
    services: ServicesDep, response: Response, actor: ActorDep, given: ModelConfigCreateRequest
) -> ModelConfigResponse:
    """Make a configuration. The first of an application is its default."""
    record = await services.model_configs.create(actor, given.application_id, given.draft())
    response.headers["Location"] = f"/model-configs/{record.configuration.id}"
    return _answer(response, record)


@router.get("/{config_id}", dependencies=[allow("configurations.read")])
async def get_model_config(
    services: ServicesDep, response: Response, actor: ActorDep, config_id: PathId
) -> ModelConfigResponse:
    """One configuration."""
    return _answer(response, await services.model_configs.get(actor, config_id))


@router.put("/{config_id}", dependencies=[allow("configurations.change")])
async def update_model_config(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    config_id: PathId,
    given: ModelConfigUpdateRequest,
    if_match: IfMatchDep,
) -> ModelConfigResponse:
    """Change any part of it."""
    record = await services.model_configs.update(actor, config_id, given.draft(), if_revision=if_match)
    return _answer(response, record)


@router.delete("/{config_id}", dependencies=[allow("configurations.change")])
async def delete_model_config(
    services: ServicesDep, actor: ActorDep, config_id: PathId, if_match: IfMatchDep
) -> ModelConfigDeleteResponse:
    """Delete it with its versions. The default cannot be deleted before another is made the default."""
    await services.model_configs.delete(actor, config_id, if_revision=if_match)
    return ModelConfigDeleteResponse(id=config_id)


@router.patch("/{config_id}/default", dependencies=[allow("configurations.change")])
async def set_default_model_config(
    services: ServicesDep, response: Response, actor: ActorDep, config_id: PathId
) -> ModelConfigResponse:
    """Make it the default of its application, and the one before no more."""
    return _answer(response, await services.model_configs.set_default(actor, config_id))


def _answer(response: Response, record: ModelConfigRecord) -> ModelConfigResponse:
    response.headers["ETag"] = write_etag(record.configuration.revision)
    return ModelConfigResponse.of(record)
