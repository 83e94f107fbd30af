"""``/api/applications``: the programs of a workspace."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trunkline.control.workspaces.applications import ApplicationChange
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.services import Services
from trunkline.faces.http.wire import PathId
from trunkline.faces.management.application_wire import ApplicationAnswer, GivenApplication, GivenApplicationChange
from trunkline.faces.management.wire import Done


def router(services: Services) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api/applications", tags=["Applications"])

    @routes.get("", dependencies=[allow("applications.read")])
    async def list_applications(
        actor: ActorDep, page: PageDep, request: Request, response: Response
    ) -> list[ApplicationAnswer]:
        """The workspace's applications, the oldest first."""
        found = await services.applications.list(actor, page)
        link_next(request, response, found)
        return [ApplicationAnswer.model_validate(view) for view in found.items]

    @routes.post("", status_code=201, dependencies=[allow("applications.change")])
    async def create_application(given: GivenApplication, actor: ActorDep) -> ApplicationAnswer:
        """Make an application, under an id of one's own choice or ours."""
        view = await services.applications.create(actor, given.name, application_id=given.id, change=_read(given))
        return ApplicationAnswer.model_validate(view)

    @routes.get("/{application_id}", dependencies=[allow("applications.read")])
    async def get_application(application_id: PathId, actor: ActorDep) -> ApplicationAnswer:
        """One application."""
        return ApplicationAnswer.model_validate(await services.applications.get(actor, application_id))

    @routes.put("/{application_id}", dependencies=[allow("applications.change")])
    async def change_application(
        application_id: PathId, given: GivenApplicationChange, actor: ActorDep
    ) -> ApplicationAnswer:
        """Change any part of an application: its name, the configurations it uses, its default."""
        view = await services.applications.change(actor, application_id, _read(given))
        return ApplicationAnswer.model_validate(view)

    @routes.delete("/{application_id}", dependencies=[allow("applications.change")])
    async def delete_application(application_id: PathId, actor: ActorDep) -> Done:
        """Delete an application with its keys and its own configurations."""
        await services.applications.delete(actor, application_id)
        return Done()

    return routes


def _read(given: GivenApplication | GivenApplicationChange) -> ApplicationChange:
    return ApplicationChange(
        name=given.name,
        configuration_ids=given.configuration_ids,
        sets_default=given.was_sent("default_configuration_id"),
        default_configuration_id=given.default_configuration_id,
    )
