"""What usage is asked for: which calls, of which time, and how told apart."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from trunkline.control.usage.record import EventFilter, Lack, SpanQuestion
from trunkline.core.usage_event import Outcome

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
    operation: Annotated[str | None, Query(max_length=32, description="What was asked for, such as `chat`.")] = None,
    unpriced: Annotated[
        bool | None, Query(description="Those that have no price or of which a part has none, or those that have.")
    ] = None,
    without: Annotated[
        list[Lack] | None, Query(max_length=8, description="Those without one. Repeat it for several.")
    ] = None,
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
        operation=operation,
        unpriced=unpriced,
        without=tuple(without or ()),
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
    percentiles: Annotated[
        bool, Query(description="With `by`: how long the newest 10,000 requests of the span took, for each.")
    ] = False,
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
        percentiles=percentiles,
    )


QuestionDep = Annotated[SpanQuestion, Depends(read_question)]
FilterDep = Annotated[EventFilter, Depends(read_filter)]


async def read_span_question(
    period: PeriodDep = None, since: FromDep = None, until: ToDep = None, time_zone: ZoneDep = None
) -> SpanQuestion:
    """Which span is asked for; all time, if none is."""
    return SpanQuestion(period=period, since=since, until=until, time_zone=time_zone)


SpanDep = Annotated[SpanQuestion, Depends(read_span_question)]
