"""Making, reading, changing, testing and deleting configurations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.faces.configurations.wire import (
    ConfigurationCreateRequest,
    ConfigurationNameResponse,
    ConfigurationResponse,
    ConfigurationTestResponse,
)
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.configuration_wire import ConfigurationUpdateRequest
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import SuccessResponse

router = Router(prefix="/api/configurations", tags=["Configurations"])

ReasonDep = Annotated[str | None, Header(alias="X-Change-Reason", max_length=500, description="Why, for the history.")]


@router.get("", dependencies=[allow("configurations.read")])
async def list_configurations(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    page: PageDep,
    provider: Annotated[str | None, Query(max_length=100)] = None,
    is_active: Annotated[bool | None, Query(alias="isActive")] = None,
) -> list[ConfigurationResponse]:
    """Your configurations and those shared with you, the newest first."""
    found = await services.configurations.list(actor, page, provider=provider, is_active=is_active)
    link_next(request, response, found)
    return [ConfigurationResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("configurations.change")])
async def create_configuration(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    given: ConfigurationCreateRequest,
    reason: ReasonDep = None,
) -> ConfigurationResponse:
    """Make a configuration."""
    record = await services.configurations.create(actor, given.draft(reason))
    response.headers["ETag"] = write_etag(record.revision)
    response.headers["Location"] = f"/api/configurations/{record.id}"
    return ConfigurationResponse.of(record)


@router.get("/names", dependencies=[allow("configurations.read")])
async def list_configuration_names(services: ServicesDep, actor: ActorDep) -> list[ConfigurationNameResponse]:
    """All of them in one answer, the newest first, with what a choice needs: a tenth of the bytes of the whole list."""
    return [ConfigurationNameResponse.of(each) for each in await services.configurations.list_names(actor)]


@router.get("/{configuration_id}", dependencies=[allow("configurations.read")])
async def get_configuration(
    services: ServicesDep, response: Response, actor: ActorDep, configuration_id: str
) -> ConfigurationResponse:
    """One configuration."""
    record = await services.configurations.get(actor, configuration_id)
    response.headers["ETag"] = write_etag(record.revision)
    return ConfigurationResponse.of(record)


@router.put("/{configuration_id}", dependencies=[allow("configurations.change")])
async def update_configuration(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    configuration_id: str,
    given: ConfigurationUpdateRequest,
    if_match: IfMatchDep,
    reason: ReasonDep = None,
) -> ConfigurationResponse:
    """Change any part of it. A new base URL or provider needs the key again."""
    record = await services.configurations.update(actor, configuration_id, given.draft(reason), if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return ConfigurationResponse.of(record)


@router.delete("/{configuration_id}", dependencies=[allow("configurations.change")])
async def delete_configuration(
    services: ServicesDep, actor: ActorDep, configuration_id: str, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete it and erase its keys."""
    await services.configurations.delete(actor, configuration_id, if_revision=if_match)
    return SuccessResponse()


@router.post("/{configuration_id}/test", dependencies=[allow("configurations.test")])
async def run_connection_test(
    services: ServicesDep,
    actor: ActorDep,
    configuration_id: str,
    force: Annotated[
        bool, Query(description="Ask the provider although there is a result of the last minute.")
    ] = False,
) -> ConfigurationTestResponse:
    """Test the connection, stage by stage. 200 also when the provider refuses."""
    return ConfigurationTestResponse.of(await services.connection_tests.test(actor, configuration_id, force=force))
