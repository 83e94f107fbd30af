"""``/api/alerts/channels`` and ``/api/alerts/deliveries``: where people are told, and what they were."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from trunkline.core.alert import DeliveryState
from trunkline.faces.alerts.channel_wire import (
    AlertChannelCreatedResponse,
    AlertChannelCreateRequest,
    AlertChannelResponse,
    AlertChannelUpdateRequest,
    AlertDeliveryResponse,
)
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId, PathId, SuccessResponse

router = Router(prefix="/api/alerts", tags=["Alerts"])


@router.get("/channels", dependencies=[allow("alert_channels.change")])
async def list_alert_channels(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[AlertChannelResponse]:
    """The workspace's channels, the newest first."""
    found = await services.alert_channels.list(actor, page)
    link_next(request, response, found)
    return [AlertChannelResponse.of(record) for record in found.items]


@router.post("/channels", status_code=201, dependencies=[allow("alert_channels.change")])
async def create_alert_channel(
    services: ServicesDep, given: AlertChannelCreateRequest, actor: ActorDep, response: Response
) -> AlertChannelCreatedResponse:
    """Make a channel. A webhook without a `secret` gets one, which this answer alone shows."""
    record = await services.alert_channels.create(actor, given.read())
    response.headers["Location"] = f"/api/alerts/channels/{record.id}"
    response.headers["ETag"] = write_etag(record.revision)
    return AlertChannelCreatedResponse.of(record)


@router.get("/channels/{channel_id}", dependencies=[allow("alert_channels.change")])
async def get_alert_channel(
    services: ServicesDep, channel_id: PathId, actor: ActorDep, response: Response
) -> AlertChannelResponse:
    """One channel."""
    record = await services.alert_channels.get(actor, channel_id)
    response.headers["ETag"] = write_etag(record.revision)
    return AlertChannelResponse.of(record)


@router.put("/channels/{channel_id}", dependencies=[allow("alert_channels.change")])
async def update_alert_channel(
    services: ServicesDep,
    channel_id: PathId,
    given: AlertChannelUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> AlertChannelResponse:
    """Change any part of a channel but its kind."""
    record = await services.alert_channels.update(actor, channel_id, given.read(), if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return AlertChannelResponse.of(record)


@router.delete("/channels/{channel_id}", dependencies=[allow("alert_channels.change")])
async def delete_alert_channel(
    services: ServicesDep, channel_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete a channel. Rules do not tell it any more, and what was still to be sent is not."""
    await services.alert_channels.delete(actor, channel_id, if_revision=if_match)
    return SuccessResponse()


@router.post("/channels/{channel_id}/test", dependencies=[allow("alert_channels.change")])
async def test_alert_channel(services: ServicesDep, channel_id: PathId, actor: ActorDep) -> AlertDeliveryResponse:
    """Send a notice that says that it is a test. The answer tells how that ended: `state` is `sent` or `failed`."""
    return AlertDeliveryResponse.of(await services.alert_channels.test(actor, channel_id))


@router.get("/deliveries", dependencies=[allow("alert_channels.change")])
async def list_alert_deliveries(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    alert_id: Annotated[GivenId | None, Query(alias="alertId", description="An alert's `id`.")] = None,
    channel_id: Annotated[GivenId | None, Query(alias="channelId", description="A channel's `id`.")] = None,
    state: Annotated[DeliveryState | None, Query(description="How they stand.")] = None,
) -> list[AlertDeliveryResponse]:
    """What was sent to the workspace's channels, or is to be, the newest first."""
    found = await services.alert_channels.list_deliveries(
        actor, page, alert_id=alert_id, channel_id=channel_id, state=state
    )
    link_next(request, response, found)
    return [AlertDeliveryResponse.of(record) for record in found.items]
