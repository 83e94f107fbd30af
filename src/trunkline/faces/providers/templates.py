"""Templates of a provider's settings."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from fastapi import Query
from pydantic import Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import OptionalPageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody, SuccessResponse

router = Router(prefix="/api/providers", tags=["Providers"])
everywhere = Router(prefix="/api/templates", tags=["Providers"])


class TemplateResponse(ResponseBody):
    """A template; ``builtIn`` ones come with Trunkline. ``model`` is the one that it is for; null: any."""

    id: str
    provider: str
    model: str | None
    name: str
    description: str
    configuration: dict[str, Any]
    is_default: bool
    built_in: bool
    created_at: Moment


class TemplateCreateRequest(RequestBody):
    """A template of one's own."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "provider", "model", "builtIn", "createdAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Precise", "configuration": {"temperature": 0.2}}

    name: str = Field(max_length=255)
    description: str = Field("", max_length=2000)
    configuration: dict[str, Any]
    is_default: StrictBool = False


@router.get("/{name}/templates", dependencies=[allow("providers.read")])
async def list_templates(
    services: ServicesDep, request: Request, response: Response, actor: ActorDep, name: str, page: OptionalPageDep
) -> list[TemplateResponse]:
    """Your own templates and the built-in ones."""
    found = await services.templates.list(actor, name, page)
    link_next(request, response, found)
    return [TemplateResponse.of(record) for record in found.items]


@everywhere.get("", dependencies=[allow("providers.read")])
async def search_templates(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    page: OptionalPageDep,
    search: Annotated[
        str, Query(max_length=200, description="Words of the name, the model or the provider, such as `claude opus`.")
    ] = "",
) -> list[TemplateResponse]:
    """Your own templates and the built-in ones of all providers."""
    found = await services.templates.search(actor, search, page)
    link_next(request, response, found)
    return [TemplateResponse.of(record) for record in found.items]


@router.post("/{name}/templates", status_code=201, dependencies=[allow("templates.change")])
async def create_template(
    services: ServicesDep, actor: ActorDep, name: str, given: TemplateCreateRequest
) -> TemplateResponse:
    """Keep settings as a template. The default is what a new configuration's form begins with."""
    record = await services.templates.create(
        actor,
        name,
        name=given.name,
        description=given.description,
        configuration=given.configuration,
        is_default=given.is_default,
    )
    return TemplateResponse.of(record)


@router.delete("/{name}/templates/{template_id}", dependencies=[allow("templates.change")])
async def delete_template(services: ServicesDep, actor: ActorDep, name: str, template_id: str) -> SuccessResponse:
    """Delete one of your own."""
    await services.templates.delete(actor, name, template_id)
    return SuccessResponse()
