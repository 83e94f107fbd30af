"""The history of a configuration."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from trunkline.faces.configurations.configurations import ReasonDep
from trunkline.faces.configurations.wire import ConfigurationResponse, ConfigurationRevertRequest
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.configuration_wire import read_secret
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.revision_wire import RevisionResponse
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

router = Router(prefix="/api/configurations", tags=["Configurations"])


@router.get("/{configuration_id}/revisions", dependencies=[allow("configurations.read")])
async def list_configuration_revisions(
    services: ServicesDep, request: Request, response: Response, actor: ActorDep, configuration_id: str, page: PageDep
) -> list[RevisionResponse]:
    """Its saved states, the newest first, each with what it changed."""
    found = await services.revisions.list(actor, configuration_id, page)
    link_next(request, response, found)
    return [RevisionResponse.of(record) for record in found.items]


@router.post("/{configuration_id}/revisions/{number}/revert", dependencies=[allow("configurations.change")])
async def revert_configuration(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    configuration_id: str,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    if_match: IfMatchDep,
    given: ConfigurationRevertRequest | None = None,
    reason: ReasonDep = None,
) -> ConfigurationResponse:
    """Go back to a saved state, as a new revision. Keys stay as they are now."""
    key = read_secret(given.api_key) if given else None
    record = await services.revisions.revert(
        actor,
        configuration_id,
        number,
        api_key=UNSET if key is None else key,
        reason=(given.reason if given else "") or reason or "",
        if_revision=if_match,
    )
    response.headers["ETag"] = write_etag(record.revision)
    return ConfigurationResponse.of(record)
