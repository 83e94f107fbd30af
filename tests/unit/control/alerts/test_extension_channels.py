"""Alert channels of extensions: what is entered, and what becomes of a notice whatever an extension does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.unit.providers.fakes import FakeTransport, reply

from trunkline.control.alerts.channel import ChannelDraft
from trunkline.control.alerts.extension_channels import ExtensionChannels
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.extensions import AlertChannel, AlertChannelExtension, AlertNotice, Destination, NotDelivered
from trunkline.outbound import ForbiddenAddress
from trunkline.outbound.origin import Origin

MESSAGE: Any = {
    "type": "alert.firing",
    "timestamp": "2026-01-31T12:00:00.000Z",
    "data": {"severity": "critical", "ruleName": "Down", "summary": "It is down.", "id": "a"},
}
FORBIDDEN = ForbiddenAddress("It is a private address.", origin=Origin("https", "chat.example", 443), stage="guard")
Sends = Callable[[AlertNotice, Destination], Awaitable[object]]


class Room(msgspec.Struct):
    room: str


class Doing(AlertChannel):
    def __init__(self, does: Sends) -> None:
        self.does = does

    async def send(self, notice: AlertNotice, to: Destination) -> None:
        await self.does(notice, to)


async def post(notice: AlertNotice, to: Destination) -> object:
    return await to.post(
        {"text": notice.title, "room": to.settings.room}, headers={"Authorization": f"Bearer {to.secret}"}
    )


def make(does: Sends = post, **fields: Any) -> ExtensionChannels:
    usual: dict[str, Any] = {"secret": "optional", "settings": Room, "url": "https://chat.example/api"}
    extension = AlertChannelExtension(api=1, name="acme", channel=Doing(does), **{**usual, **fields})
    return ExtensionChannels({"acme": extension})


async def send(
    channels: ExtensionChannels, transport: FakeTransport, name: str = "acme", **settings: Any
) -> DeliveryOutcome:
    place = "https://chat.example/api"
    return await channels.send(transport, name, place, Secret("token-7"), settings or {"room": "a"}, "d1", MESSAGE)


async def test_a_notice_is_sent_with_settings_and_secret() -> None:
    transport = FakeTransport(reply({}, 204))
    assert await send(make(), transport) == DeliveryOutcome(ok=True, status=204)
    (request,) = transport.requests
    assert str(request.url) == "https://chat.example/api"
    assert dict(request.headers)["Authorization"] == "Bearer token-7"
    assert msgspec.json.decode(request.body) == {"text": "[critical] Down: It is down.", "room": "a"}


async def test_it_sends_below_its_own_address_alone() -> None:
    async def stray(_notice: AlertNotice, to: Destination) -> None:
        await to.post(b"x", path="https://evil.example/", method="PUT", headers={"Content-Type": "text/plain"})

    transport = FakeTransport(reply())
    await send(make(stray), transport)
    (request,) = transport.requests
    assert str(request.url.origin) == "https://chat.example"
    assert (request.method, request.body) == ("PUT", b"x")
    assert [value for name, value in request.headers if name.lower() == "content-type"] == ["text/plain"]


async def test_a_bad_answer_is_told_as_that_of_a_webhook() -> None:
    answer = await send(make(), FakeTransport(reply(b"no", 503, [("retry-after", "7")])))
    assert answer == DeliveryOutcome(ok=False, reason="It answered 503.", after=timedelta(seconds=7))
    gone = await send(make(), FakeTransport(reply(b"", 410)))
    assert (gone.ok, gone.final) == (False, True)
    forbidden = await send(make(), FakeTransport(FORBIDDEN))
    assert (forbidden.reason, forbidden.final) == ("It is a private address.", True)


async def test_one_that_fails_says_so_without_its_secret() -> None:
    async def fail(_notice: AlertNotice, to: Destination) -> None:
        raise RuntimeError(f"no luck with {to.secret}")

    async def give_up(_notice: AlertNotice, to: Destination) -> None:
        raise NotDelivered(f"There is no room, {to.secret}.", final=True)

    failed = await send(make(fail), FakeTransport())
    assert (failed.ok, failed.reason) == (False, "The extension failed: RuntimeError: no luck with …")
    given_up = await send(make(give_up), FakeTransport())
    assert (given_up.reason, given_up.final) == ("There is no room, ….", True)
    # Its settings were entered for another version of it.
    changed = await send(make(), FakeTransport(), rooms="a")
    assert "ValidationError" in (changed.reason or "")


async def test_one_that_is_not_loaded_is_tried_again_later() -> None:
    outcome = await send(make(), FakeTransport(), "other")
    assert (outcome.ok, outcome.final) == (False, False)
    assert "The extension with the alert channel other is not loaded." in (outcome.reason or "")


@pytest.mark.parametrize(
    ("fields", "draft", "field"),
    [
        ({}, {}, "extension"),
        ({}, {"extension": "other"}, "extension"),
        ({"url": None}, {"extension": "acme", "settings": {"room": "a"}}, "url"),
        ({"secret": "required"}, {"extension": "acme", "settings": {"room": "a"}}, "secret"),
        ({"secret": "none"}, {"extension": "acme", "settings": {"room": "a"}, "secret": Secret("x")}, "secret"),
        ({}, {"extension": "acme", "secret": Secret("a\nb")}, "secret"),
        ({}, {"extension": "acme", "settings": {"room": 1}}, "settings.room"),
    ],
)
def test_what_is_missing_or_wrong_is_named(fields: dict[str, Any], draft: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(**fields).read(ChannelDraft(**draft))
    assert [error.field for error in refused.value.fields] == [field]
