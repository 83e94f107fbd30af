"""What was used."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.usage.record import EventFilter, SpanQuestion
from trunkline.core.usage_event import Outcome
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId
from trunkline.faces.usage.wire import (
    ConfigurationUsageResponse,
    UsageEventListResponse,
    UsageReportResponse,
)

router = APIRouter(prefix="/api", tags=["Usage"])

PeriodDep = Annotated[
    str | None, Query(max_length=16, description="`day`, `week`, `month` (default) or `all`: the current one.")
]
FromDep = Annotated[str | None, Query(alias="from", max_length=40, description="A date, or a time with a zone.")]
ToDep = Annotated[str | None, Query(alias="to", max_length=40, description="A date (included), or a time (not).")]

ZoneDep = Annotated[
    str | None,
    Query(alias="timeZone", max_length=64, description="Whose days are meant, such as `Europe/Berlin`; UTC if unset."),
]

IdDep = Annotated[str | None, Query(max_length=64)]


async def read_filter(
    configuration_id: Annotated[IdDep, Query(alias="configurationId")] = None,
    provider: Annotated[str | None, Query(max_length=100)] = None,
    model: Annotated[str | None, Query(max_length=255)] = None,
    user_id: Annotated[IdDep, Query(alias="userId")] = None,
    application_id: Annotated[IdDep, Query(alias="applicationId")] = None,
    key_id: Annotated[IdDep, Query(alias="keyId")] = None,
    version_id: Annotated[IdDep, Query(alias="versionId")] = None,
    route_id: Annotated[IdDep, Query(alias="routeId")] = None,
    feature: Annotated[IdDep, Query(description="A feature's slug.")] = None,
    conversation_id: Annotated[IdDep, Query(alias="conversationId")] = None,
    request_id: Annotated[str | None, Query(alias="requestId", max_length=128)] = None,
    purpose: Annotated[str | None, Query(max_length=16, description="Of calls of our own: `test`, `judge`.")] = None,
    tag: Annotated[IdDep, Query(description="A tag of the caller's.")] = None,
    outcome: Annotated[Outcome | None, Query()] = None,
) -> EventFilter:
    """Which calls are asked for."""
    return EventFilter(
        configuration_id=configuration_id,
        provider=provider,
        model=model,
        user_id=user_id,
        application_id=application_id,
        key_id=key_id,
        version_id=version_id,
        route_id=route_id,
        feature=feature,
        conversation_id=conversation_id,
        request_id=request_id,
        purpose=purpose,
        tag=tag,
        outcome=outcome,
    )


async def read_question(
    period: PeriodDep = None,
    since: FromDep = None,
    until: ToDep = None,
    time_zone: ZoneDep = None,
    interval: Annotated[
        str | None, Query(max_length=16, description="Figures of each `hour`, `day`, `week` or `month`.")
    ] = None,
    by: Annotated[
        str | None,
        Query(
            max_length=16,
            description="Figures of each `application`, `configuration`, `feature`, `key`, `model`, `operation`, "
            "`outcome`, `provider`, `purpose`, `route`, `tag`, `user` or `version`.",
        ),
    ] = None,
    top: Annotated[int, Query(ge=1, le=1000, description="How many of these, the dearest first.")] = 100,
    compare: Annotated[
        str | None, Query(max_length=16, description="`previous`: the figures of the span before, too.")
    ] = None,
) -> SpanQuestion:
    """Which span is asked for, and how it is to be told apart."""
    return SpanQuestion(
        period=period,
        since=since,
        until=until,
        time_zone=time_zone,
        interval=interval,
        by=by,
        top=top,
        compare=compare,
    )


QuestionDep = Annotated[SpanQuestion, Depends(read_question)]
FilterDep = Annotated[EventFilter, Depends(read_filter)]


@router.get("/configurations/{configuration_id}/usage", dependencies=[allow("usage.read")])
async def get_configuration_usage(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    configuration_id: str,
    period: PeriodDep = None,
    since: FromDep = None,
    until: ToDep = None,
    time_zone: ZoneDep = None,
) -> ConfigurationUsageResponse:
    """What was used through a configuration, by everybody. An answer is given again for a second: see `Age`."""
    usage = services.usage
    record = await usage.read(actor, configuration_id, period=period, since=since, until=until, time_zone=time_zone)
    _tell_age(response, usage.age(record))
    return ConfigurationUsageResponse.of(record)


@router.get("/usage/report", dependencies=[allow("usage.read")])
async def get_usage_report(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    user_id: Annotated[
        GivenId | None, Query(alias="userId", description="Somebody else's report, for administrators.")
    ] = None,
    period: PeriodDep = None,
    since: FromDep = None,
    until: ToDep = None,
    time_zone: ZoneDep = None,
) -> UsageReportResponse:
    """Your own report: totals, and the same by configuration, by model and by day.

    An answer is given again for a second: see `Age`.
    """
    usage = services.usage
    report = await usage.report(actor, user_id=user_id, period=period, since=since, until=until, time_zone=time_zone)
    _tell_age(response, usage.age(report))
    return UsageReportResponse.of(report)


@router.get("/usage", dependencies=[allow("usage.read")])
async def list_usage_events(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    page: PageDep,
    wanted: FilterDep,
    question: QuestionDep,
) -> UsageEventListResponse:
    """Calls, the newest first, and their sums: your own, for admins the workspace's.

    With `interval`, `by` or `compare` the sums are also told apart, over all quarters of an hour that the span touches.
    """
    record = await services.usage.events(actor, wanted, page, question)
    link_next(request, response, record.events)
    return UsageEventListResponse.of(record)


def _tell_age(response: Response, seconds: int) -> None:
    """How many seconds ago the figures were read. https://www.rfc-editor.org/rfc/rfc9111#section-5.1"""
    response.headers["Age"] = str(seconds)
