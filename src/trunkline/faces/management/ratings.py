"""``/api/ratings``: what people thought of answers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from fastapi import Response
from pydantic import Field, StringConstraints

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import EXAMPLE_ID, RequestBody, ResponseBody


class RatingCreateRequest(RequestBody):
    """A rating. ``requestId`` is the header ``x-request-id`` of the answer that it is about."""

    example: ClassVar[dict[str, Any]] = {"requestId": EXAMPLE_ID, "rating": 5}

    request_id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    rating: Annotated[int, Field(ge=1, le=5, strict=True)]


class RatingResponse(ResponseBody):
    """A rating as it is kept."""

    request_id: str
    rating: int


router = Router(prefix="/api/ratings", tags=["Ratings"])


@router.post(
    "",
    status_code=201,
    responses={200: {"description": "It took the place of a former one.", "model": RatingResponse}},
    dependencies=[allow("ratings.create")],
)
async def rate_answer(
    services: ServicesDep, given: RatingCreateRequest, actor: ActorDep, response: Response
) -> RatingResponse:
    """Rate the answer to a request from 1 to 5; a second rating of the same user replaces the first."""
    kept = await services.ratings.rate(actor, given.request_id, given.rating)
    if kept.replaced:
        response.status_code = 200
    return RatingResponse.model_validate(kept)
