"""``/api/applications``: the programs of a workspace."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.control.workspaces.applications import ApplicationChange
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.management.application_wire import (
    ApplicationCreateRequest,
    ApplicationResponse,
    ApplicationUpdateRequest,
)

router = Router(prefix="/api/applications", tags=["Applications"])


@router.get("", dependencies=[allow("applications.read")])
async def list_applications(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[ApplicationResponse]:
    """The workspace's applications, the oldest first."""
    found = await services.applications.list(actor, page)
    link_next(request, response, found)
    return [ApplicationResponse.model_validate(view) for view in found.items]


@router.post("", status_code=201, dependencies=[allow("applications.change")])
async def create_application(
    services: ServicesDep, given: ApplicationCreateRequest, actor: ActorDep
) -> ApplicationResponse:
    """Make an application, under an id of one's own choice or ours."""
    view = await services.applications.create(actor, given.name, application_id=given.id, change=_read(given))
    return ApplicationResponse.model_validate(view)


@router.get("/{application_id}", dependencies=[allow("applications.read")])
async def get_application(services: ServicesDep, application_id: PathId, actor: ActorDep) -> ApplicationResponse:
    """One application."""
    return ApplicationResponse.model_validate(await services.applications.get(actor, application_id))


@router.put("/{application_id}", dependencies=[allow("applications.change")])
async def update_application(
    services: ServicesDep, application_id: PathId, given: ApplicationUpdateRequest, actor: ActorDep
) -> ApplicationResponse:
    """Change any part of an application: its name, the configurations it uses, its default."""
    view = await services.applications.update(actor, application_id, _read(given))
    return ApplicationResponse.model_validate(view)


@router.delete("/{application_id}", dependencies=[allow("applications.change")])
async def delete_application(services: ServicesDep, application_id: PathId, actor: ActorDep) -> SuccessResponse:
    """Delete an application with its keys and its own configurations."""
    await services.applications.delete(actor, application_id)
    return SuccessResponse()


def _read(given: ApplicationCreateRequest | ApplicationUpdateRequest) -> ApplicationChange:
    return ApplicationChange(
        name=given.name,
        configuration_ids=given.configuration_ids,
        sets_default=given.was_sent("default_configuration_id"),
        default_configuration_id=given.default_configuration_id,
    )
