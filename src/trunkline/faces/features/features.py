"""``/api/features``: reading and changing the tools of the users' app."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.features.feature import FeatureRecord
from trunkline.core.actor import Actor, at_least
from trunkline.faces.features.wire import (
    FeatureCreateRequest,
    FeatureKeyValidateRequest,
    FeatureKeyValidateResponse,
    FeatureResponse,
    FeatureSettingsResponse,
    FeatureUpdateRequest,
    read_secret,
)
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import OptionalPageDep, link_next
from trunkline.faces.http.provider_failures import PROVIDER_FAILURES
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import SuccessResponse

router = Router(prefix="/api/features", tags=["Features"])

ReasonDep = Annotated[str | None, Header(alias="X-Change-Reason", max_length=500, description="Why, for the history.")]
Slug = Annotated[str, Path(max_length=64, description="`chat-assistant`, say.")]


@router.get("", dependencies=[allow("features.read")])
async def list_features(
    services: ServicesDep, request: Request, response: Response, actor: ActorDep, page: OptionalPageDep
) -> list[FeatureSettingsResponse | FeatureResponse]:
    """All features, with their models; for admins with their settings too."""
    found = await services.features.list(actor, page)
    link_next(request, response, found)
    return [show(actor, record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("features.change")], responses=PROVIDER_FAILURES)
async def create_feature(
    services: ServicesDep, response: Response, actor: ActorDep, given: FeatureCreateRequest, reason: ReasonDep = None
) -> FeatureSettingsResponse:
    """Make a feature of your own."""
    draft = given.draft(name=given.name, reason=given.reason or reason or "")
    record = await services.features.create(actor, given.slug, given.kind, draft)
    response.headers["ETag"] = write_etag(record.revision)
    response.headers["Location"] = f"/api/features/{record.slug}"
    return FeatureSettingsResponse.of(record)


@router.get("/{slug}", dependencies=[allow("features.read")])
async def get_feature(
    services: ServicesDep, response: Response, actor: ActorDep, slug: Slug
) -> FeatureSettingsResponse | FeatureResponse:
    """One feature, with its model; for admins with its settings too."""
    record = await services.features.get(actor, slug)
    response.headers["ETag"] = write_etag(record.revision)
    return show(actor, record)


@router.put("/{slug}", dependencies=[allow("features.change")], responses=PROVIDER_FAILURES)
async def update_feature(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    slug: Slug,
    given: FeatureUpdateRequest,
    if_match: IfMatchDep,
    reason: ReasonDep = None,
) -> FeatureSettingsResponse:
    """Change any part of a feature. A new key is tried at OpenRouter first, and saved only if it is good."""
    record = await services.features.update(actor, slug, given.change(reason), if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return FeatureSettingsResponse.of(record)


@router.delete("/{slug}", dependencies=[allow("features.change")])
async def delete_feature(services: ServicesDep, actor: ActorDep, slug: Slug, if_match: IfMatchDep) -> SuccessResponse:
    """Delete a feature of your own with its key. Those that every workspace has can only be reset."""
    await services.features.delete(actor, slug, if_revision=if_match)
    return SuccessResponse()


@router.post("/{slug}/reset", dependencies=[allow("features.change")])
async def reset_feature(
    services: ServicesDep, response: Response, actor: ActorDep, slug: Slug, if_match: IfMatchDep
) -> FeatureSettingsResponse:
    """Restore the defaults; the key is kept."""
    record = await services.features.reset(actor, slug, if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return FeatureSettingsResponse.of(record)


@router.post("/{slug}/validate-key", dependencies=[allow("features.change")])
async def validate_feature_key(
    services: ServicesDep, actor: ActorDep, slug: Slug, given: FeatureKeyValidateRequest | None = None
) -> FeatureKeyValidateResponse:
    """Ask OpenRouter about a key without saving it, or about the one in use. 200 also when it is refused."""
    key = None if given is None else read_secret(given.api_key)
    return FeatureKeyValidateResponse.of(await services.feature_keys.validate(actor, slug, key))


def show(actor: Actor, record: FeatureRecord) -> FeatureSettingsResponse | FeatureResponse:
    """The record as ``actor`` may see it: settings are for whoever may change them."""
    may_change = at_least(actor.role, "admin") and actor.scope == "manage" and actor.application_id is None
    return FeatureSettingsResponse.of(record) if may_change else FeatureResponse.of(record)
