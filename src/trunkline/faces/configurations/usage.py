"""What was used."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.usage_record import EventFilter
from trunkline.faces.configurations.usage_wire import EventsAnswer, ReportAnswer, UsageAnswer
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.services import services_of

routes = APIRouter(prefix="/api", tags=["Usage"])

PeriodDep = Annotated[
    str | None, Query(max_length=16, description="`day`, `week`, `month` (default) or `all`; in UTC.")
]
FromDep = Annotated[str | None, Query(alias="from", max_length=40, description="A date, or a time with a zone.")]
ToDep = Annotated[str | None, Query(alias="to", max_length=40, description="A date (included), or a time (not).")]


@routes.get("/configurations/{configuration_id}/usage", dependencies=[allow("usage.read")])
async def get_usage(
    request: Request,
    actor: ActorDep,
    configuration_id: str,
    period: PeriodDep = None,
    since: FromDep = None,
    until: ToDep = None,
) -> UsageAnswer:
    """What was used through a configuration, by everybody."""
    usage = services_of(request).usage
    return UsageAnswer.of(await usage.read(actor, configuration_id, period=period, since=since, until=until))


@routes.get("/usage/report", dependencies=[allow("usage.read")])
async def get_report(
    request: Request, actor: ActorDep, period: PeriodDep = None, since: FromDep = None, until: ToDep = None
) -> ReportAnswer:
    """Your own report: totals, and the same by configuration, by model and by day."""
    usage = services_of(request).usage
    return ReportAnswer.of(await usage.report(actor, period=period, since=since, until=until))


@routes.get("/usage", dependencies=[allow("usage.read")])
async def list_usage(
    request: Request,
    response: Response,
    actor: ActorDep,
    page: PageDep,
    period: PeriodDep = None,
    since: FromDep = None,
    until: ToDep = None,
    configuration_id: Annotated[str | None, Query(alias="configurationId", max_length=64)] = None,
    provider: Annotated[str | None, Query(max_length=100)] = None,
    model: Annotated[str | None, Query(max_length=255)] = None,
) -> EventsAnswer:
    """Calls, the newest first: your own, for admins the workspace's."""
    wanted = EventFilter(configuration_id=configuration_id, provider=provider, model=model)
    record = await services_of(request).usage.events(actor, wanted, page, period=period, since=since, until=until)
    link_next(request, response, record.events)
    return EventsAnswer.of(record)
