"""``/api/keys``: API keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from trunkline.control.people.keys import ApiKeyChange, KeyRecord, KeyRequest
from trunkline.control.record import Beside, read_record
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import Services, ServicesDep
from trunkline.faces.http.wire import GivenId, PathId, SuccessResponse
from trunkline.faces.management.key_wire import KeyCreateRequest, KeyResponse, KeyUpdateRequest

router = Router(prefix="/api/keys", tags=["Keys"])


@router.get("", dependencies=[allow("keys.read")])
async def list_keys(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    application_id: Annotated[GivenId | None, Query(alias="applicationId")] = None,
) -> list[KeyResponse]:
    """One's own keys in the workspace; its admins see everybody's. Keys are masked."""
    found = await services.keys.list(actor, page, application_id=application_id)
    link_next(request, response, found)
    return [_write(services, view) for view in found.items]


@router.post("", status_code=201, dependencies=[allow("keys.create")])
async def create_key(services: ServicesDep, given: KeyCreateRequest, actor: ActorDep) -> KeyResponse:
    """Make a key. It is shown in this answer and never again."""
    request = read_record(KeyRequest, given, models=tuple(dict.fromkeys(given.models)))
    return _write(services, await services.keys.create(actor, request))


@router.get("/{key_id}", dependencies=[allow("keys.read")])
async def get_key(services: ServicesDep, key_id: PathId, actor: ActorDep) -> KeyResponse:
    """One key, masked."""
    return _write(services, await services.keys.get(actor, key_id))


@router.patch("/{key_id}", dependencies=[allow("keys.change")])
async def update_key(services: ServicesDep, key_id: PathId, given: KeyUpdateRequest, actor: ActorDep) -> KeyResponse:
    """Change a key's name, the models that it may use, or when it expires. The key itself stays the same."""
    change = ApiKeyChange(
        name=given.name,
        models=None if given.models is None else tuple(dict.fromkeys(given.models)),
        sets_expiry=given.was_sent("expires_at"),
        expires_at=given.expires_at,
    )
    return _write(services, await services.keys.update(actor, key_id, change))


@router.delete("/{key_id}", dependencies=[allow("keys.delete")])
async def delete_key(services: ServicesDep, key_id: PathId, actor: ActorDep) -> SuccessResponse:
    """Revoke a key at once."""
    await services.keys.delete(actor, key_id)
    return SuccessResponse()


def _write(services: Services, view: KeyRecord) -> KeyResponse:
    shown = view.secret.reveal() if view.secret is not None else view.mask
    return KeyResponse.of(Beside(view, key=shown, warnings=services.key_models.find_problems(view)))
