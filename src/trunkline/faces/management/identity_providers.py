"""``/api/identity-providers``: by whom people may sign in, for the administrator of the installation."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.management.identity_provider_wire import (
    IdentityProviderCreateRequest,
    IdentityProviderResponse,
    IdentityProviderUpdateRequest,
    ScimTokenResponse,
)

router = Router(
    prefix="/api/identity-providers", tags=["Single sign-on"], dependencies=[allow("identity_providers.manage")]
)


@router.get("")
async def list_identity_providers(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[IdentityProviderResponse]:
    """All identity providers, the oldest first."""
    found = await services.identity_providers.list(actor, page)
    link_next(request, response, found)
    return [IdentityProviderResponse.of(record) for record in found.items]


@router.post("", status_code=201)
async def create_identity_provider(
    services: ServicesDep, given: IdentityProviderCreateRequest, actor: ActorDep, response: Response
) -> IdentityProviderResponse:
    """Add an identity provider, whose discovery document is read at once."""
    record = await services.identity_providers.create(actor, given.read())
    response.headers["Location"] = f"/api/identity-providers/{record.id}"
    response.headers["ETag"] = write_etag(record.revision)
    return IdentityProviderResponse.of(record)


@router.get("/{identity_provider_id}")
async def get_identity_provider(
    services: ServicesDep, identity_provider_id: PathId, actor: ActorDep, response: Response
) -> IdentityProviderResponse:
    """One identity provider."""
    record = await services.identity_providers.get(actor, identity_provider_id)
    response.headers["ETag"] = write_etag(record.revision)
    return IdentityProviderResponse.of(record)


@router.put("/{identity_provider_id}")
async def update_identity_provider(
    services: ServicesDep,
    identity_provider_id: PathId,
    given: IdentityProviderUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> IdentityProviderResponse:
    """Change any part of an identity provider but its slug."""
    record = await services.identity_providers.update(actor, identity_provider_id, given.read(), if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return IdentityProviderResponse.of(record)


@router.delete("/{identity_provider_id}")
async def delete_identity_provider(
    services: ServicesDep, identity_provider_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete an identity provider. Memberships that its groups gave end, and keys that were made in them."""
    await services.identity_providers.delete(actor, identity_provider_id, if_revision=if_match)
    return SuccessResponse()


@router.post("/{identity_provider_id}/scim-token", status_code=201)
async def create_scim_token(services: ServicesDep, identity_provider_id: PathId, actor: ActorDep) -> ScimTokenResponse:
    """Make the token by which the identity provider sends users and groups. The last one is void."""
    token = await services.identity_providers.create_scim_token(actor, identity_provider_id)
    record = await services.identity_providers.get(actor, identity_provider_id)
    return ScimTokenResponse(token=token.reveal(), scim_url=record.scim_url)


@router.delete("/{identity_provider_id}/scim-token")
async def delete_scim_token(services: ServicesDep, identity_provider_id: PathId, actor: ActorDep) -> SuccessResponse:
    """Void the token. Users and groups that were sent stay as they are."""
    await services.identity_providers.delete_scim_token(actor, identity_provider_id)
    return SuccessResponse()
