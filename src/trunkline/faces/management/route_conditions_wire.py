"""Which calls a route or a target is for, on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from trunkline.control.record import read_record
from trunkline.control.routes.route import LARGEST_TOKENS, MOST_WORDS
from trunkline.core.route_conditions import Day, Hours, RouteConditions
from trunkline.faces.http.wire import RequestBody, ResponseBody

Tokens = Annotated[int, Field(strict=True, ge=0, le=LARGEST_TOKENS)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Words = Annotated[list[Word], Field(max_length=MOST_WORDS)]
Time = Annotated[str, StringConstraints(min_length=5, max_length=5)]

_MEANING = "The target is used only for requests that fulfil all of these. Null: for all requests."
_MEANING_OF_ROUTES = (
    "The route takes only requests that fulfil all of these; `otherwiseId` serves the others. Null: all requests."
)


class RouteHoursRequest(RequestBody):
    """A time of day."""

    example: ClassVar[dict[str, Any]] = {"start": "08:00", "end": "18:00", "timeZone": "Europe/Berlin"}

    start: Time
    end: Time
    time_zone: Annotated[str, Field(max_length=64)] = "UTC"
    days: Annotated[list[Day], Field(max_length=7)] = Field(default_factory=list[Day])


class RouteConditionsRequest(RequestBody):
    """Which requests a route or a target is for."""

    example: ClassVar[dict[str, Any]] = {"maxInputTokens": 8000, "tags": ["batch"]}

    min_input_tokens: Tokens | None = None
    max_input_tokens: Tokens | None = None
    tags: Words = Field(default_factory=list[str])
    metadata: Annotated[dict[Word, Annotated[str, Field(max_length=255)]], Field(max_length=MOST_WORDS)] = Field(
        default_factory=dict[str, str]
    )
    model_families: Words = Field(default_factory=list[str])
    hours: RouteHoursRequest | None = None


GivenConditions = Annotated[RouteConditionsRequest | None, Field(description=_MEANING)]
GivenRouteConditions = Annotated[RouteConditionsRequest | None, Field(description=_MEANING_OF_ROUTES)]


class RouteHoursResponse(ResponseBody):
    """A time of day. Where `end` is not after `start`, it ends on the next day."""

    start: str
    end: str
    time_zone: str
    days: list[Day]


class RouteConditionsResponse(ResponseBody):
    """Which requests a route or a target is for."""

    min_input_tokens: int | None
    max_input_tokens: int | None
    tags: list[str]
    metadata: dict[str, str]
    model_families: list[str]
    hours: RouteHoursResponse | None


ShownConditions = Annotated[RouteConditionsResponse | None, Field(description=_MEANING)]
ShownRouteConditions = Annotated[RouteConditionsResponse | None, Field(description=_MEANING_OF_ROUTES)]


def read_conditions(given: RouteConditionsRequest | None) -> RouteConditions | None:
    """What was given, for the use case."""
    if given is None:
        return None
    hours = None if given.hours is None else read_record(Hours, given.hours)
    return RouteConditions(
        min_input_tokens=given.min_input_tokens,
        max_input_tokens=given.max_input_tokens,
        tags=tuple(given.tags),
        metadata=given.metadata,
        model_families=tuple(given.model_families),
        hours=hours,
    )
