"""What was used."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId
from trunkline.faces.usage.question import FilterDep, FromDep, PeriodDep, QuestionDep, ToDep, ZoneDep
from trunkline.faces.usage.wire import (
    ConfigurationUsageResponse,
    UsageEventListResponse,
    UsageReportResponse,
)

router = Router(prefix="/api", tags=["Usage"])


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
