"""What is checked of an alert channel before it is loaded, and with the kit."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from tests.extension_packages import install

from trunkline.core.errors import InvalidInput
from trunkline.extensions import AlertChannel, AlertChannelExtension, AlertNotice, Destination, NotDelivered
from trunkline.extensions.loading import load_extensions
from trunkline.extensions.testing import check_alert_channel


class Room(msgspec.Struct):
    room: str
    urgent: bool = False


class Posting(AlertChannel):
    async def send(self, notice: AlertNotice, to: Destination) -> None:
        await to.post({"text": notice.title}, path=to.settings.room)


class Sync(AlertChannel):
    def send(self, notice: AlertNotice, to: Destination) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Wrong: it is waited for."""


class Failing(AlertChannel):
    async def send(self, notice: AlertNotice, to: Destination) -> None:
        raise LookupError("nothing there")


class Silent(AlertChannel):
    async def send(self, notice: AlertNotice, to: Destination) -> None:
        """Tells nobody."""


def make(**fields: Any) -> AlertChannelExtension:
    usual = {"api": 1, "name": "acme", "channel": Posting(), "settings": Room, "url": "https://chat.example/api"}
    return AlertChannelExtension(**cast("dict[str, Any]", {**usual, **fields}))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": "Bad Name"}, "name: must be 2 to 32"),
        ({"channel": object()}, "channel: must be an object of a class that is derived from AlertChannel"),
        ({"channel": Sync()}, "channel: send must be an async def."),
        ({"channel": AlertChannel()}, "channel: send is missing."),
        ({"secret": "maybe"}, "secret: must be none, optional or required."),
        ({"settings": dict}, "settings: must be a class that is derived from msgspec.Struct."),
        ({"url": "ftp://chat.example"}, "url: URLs of the scheme ftp are not supported"),
    ],
)
def test_each_fault_is_told_by_its_field(fields: dict[str, Any], fault: str) -> None:
    extension = make(**fields)
    assert any(fault in one for one in extension.find_faults())
    with pytest.raises(AssertionError) as told:
        check_alert_channel(extension, settings={"room": "a"})
    assert fault in str(told.value)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"room": 7}, "settings.room"),
        ({}, "settings"),
        ({"room": "a", "rom": "b"}, "settings.rom"),
        ({"room": "a", "urgent": "yes"}, "settings.urgent"),
    ],
)
def test_settings_are_held_to_their_types(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make().read_settings(given)
    assert [error.field for error in refused.value.fields] == [field]
    with pytest.raises(AssertionError, match=field):
        check_alert_channel(make(), settings=given)


def test_settings_are_kept_whole_and_a_channel_without_any_takes_none() -> None:
    assert make().read_settings({"room": "a"}) == {"room": "a", "urgent": False}
    assert make(settings=None).read_settings({}) == {}
    with pytest.raises(InvalidInput, match="is no setting of acme; it has no settings"):
        make(settings=None).read_settings({"room": "a"})


def test_the_kit_gives_what_was_sent_and_tells_what_fails() -> None:
    (sent,) = check_alert_channel(make(), settings={"room": "on-call"})
    assert (sent.method, sent.url) == ("POST", "https://chat.example/api/on-call")
    assert b"is down" in sent.body
    with pytest.raises(NotDelivered, match="It answered 500"):
        check_alert_channel(make(), settings={"room": "a"}, status=500)
    with pytest.raises(AssertionError, match="the channel failed: LookupError: nothing there"):
        check_alert_channel(make(channel=Failing()), settings={"room": "a"})
    with pytest.raises(AssertionError, match="the channel sent nothing"):
        check_alert_channel(make(channel=Silent()), settings={"room": "a"})
    with pytest.raises(AssertionError, match="secret: is required"):
        check_alert_channel(make(secret="required"), settings={"room": "a"})
    with pytest.raises(AssertionError, match="url: is required"):
        check_alert_channel(make(url=None), settings={"room": "a"})


def test_the_name_of_a_channel_is_that_of_one(site: Path) -> None:
    source = """
from trunkline.extensions import *

class Channel(AlertChannel):
    async def send(self, notice, to):
        await to.post({})

extension = AlertChannelExtension(api=1, name="same", channel=Channel())
"""
    names = [install(site, name, source, group="trunkline.alert_channels") for name in ("one", "two")]
    extensions = load_extensions(names)
    assert list(extensions.channels) == ["same"]
    assert "The alert channel 'same' is that of another package already." in extensions.left_out[0].reason
