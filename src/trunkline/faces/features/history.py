"""The history of a feature."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from fastapi import Path
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from trunkline.faces.features.features import ReasonDep, Slug
from trunkline.faces.features.wire import FeatureSettingsResponse
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.revision_wire import RevisionResponse
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import RequestBody

router = Router(prefix="/api/features", tags=["Features"])


class FeatureRevertRequest(RequestBody):
    """Why, for the history."""

    example: ClassVar[dict[str, Any]] = {"reason": "It was better before."}

    reason: str = Field("", max_length=500)


@router.get("/{slug}/revisions", dependencies=[allow("features.change")])
async def list_feature_revisions(
    services: ServicesDep, request: Request, response: Response, actor: ActorDep, slug: Slug, page: PageDep
) -> list[RevisionResponse]:
    """Its saved states, the newest first, each with what it changed."""
    found = await services.features.history(actor, slug, page)
    link_next(request, response, found)
    return [RevisionResponse.of(record) for record in found.items]


@router.post("/{slug}/revisions/{number}/revert", dependencies=[allow("features.change")])
async def revert_feature(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    slug: Slug,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    if_match: IfMatchDep,
    given: FeatureRevertRequest | None = None,
    reason: ReasonDep = None,
) -> FeatureSettingsResponse:
    """Go back to a saved state, as a new revision. The key stays as it is now."""
    record = await services.features.revert(
        actor, slug, number, reason=(given.reason if given else "") or reason or "", if_revision=if_match
    )
    response.headers["ETag"] = write_etag(record.revision)
    return FeatureSettingsResponse.of(record)
