"""Holds an alert channel to what Trunkline checks of one, and has it send a notice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.extensions.alert_channel_extension import (
    AlertChannelExtension,
    AlertNotice,
    NotDelivered,
    Reply,
)
from trunkline.extensions.foreign_error import describe_error
from trunkline.extensions.interface import API
from trunkline.extensions.sent_request import SentRequest
from trunkline.outbound import Url

NOTICE = AlertNotice(
    id="notice_1",
    notice="firing",
    title="[critical] A configuration is down: The configuration production is down.",
    text="[critical] A configuration is down: The configuration production is down.\nSince: 2026-01-31T12:00:00.000Z",
    data={"severity": "critical", "summary": "The configuration production is down."},
)


def check_alert_channel(
    extension: AlertChannelExtension,
    *,
    settings: Mapping[str, JsonValue] | None = None,
    secret: str | None = None,
    url: str | None = None,
    status: int = 200,
    answer: bytes = b"{}",
    notice: AlertNotice = NOTICE,
) -> list[SentRequest]:
    """Check all that the server checks of a channel before it loads it, then have it send ``notice``.

    ``settings``, ``secret`` and ``url`` are what somebody would enter. Each request gets ``answer`` with ``status``.
    Gives the requests. NotDelivered is raised as the channel raises it.
    """
    assert isinstance(extension, AlertChannelExtension), "the extension must be an AlertChannelExtension"  # pyright: ignore[reportUnnecessaryIsInstance]
    assert extension.api == API, f"api: is {extension.api}, and this Trunkline has {API}"
    faults = extension.find_faults()
    assert not faults, "\n".join(faults)
    assert secret is not None or extension.secret != "required", "secret: is required"  # noqa: S105 - a word
    assert secret is None or extension.secret != "none", "secret: this channel has none"  # noqa: S105 - a word
    place = url or extension.url
    assert place is not None, "url: is required, because the extension has none of its own"
    try:
        kept = extension.read_settings(settings or {})
    except InvalidInput as error:
        raise AssertionError(error.message) from None
    to = _Recorder(Url.parse(place), secret, extension.make_settings(kept), status, answer)
    try:
        asyncio.run(extension.channel.send(notice, to))
    except NotDelivered:
        raise
    except Exception as error:
        raise AssertionError(f"the channel failed: {describe_error(error)}") from error
    assert to.sent, "the channel sent nothing"
    return to.sent


class _Recorder:
    """A place that keeps what is sent to it."""

    def __init__(self, url: Url, secret: str | None, settings: Any, status: int, answer: bytes) -> None:
        self._url = url
        self.secret = secret
        self.settings = settings
        self._status = status
        self._answer = answer
        self.sent: list[SentRequest] = []

    async def post(
        self,
        body: JsonValue | bytes,
        *,
        path: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Reply:
        """See :class:`~trunkline.extensions.alert_channel_extension.Destination`."""
        url = self._url.join(path) if path else self._url
        written = body if isinstance(body, bytes) else msgspec.json.encode(body)
        fields = {name.lower(): value for name, value in (headers or {}).items()}
        self.sent.append(SentRequest(method, f"{url.origin}{url.target}", fields, written))
        if not 200 <= self._status < 300:
            raise NotDelivered(f"It answered {self._status}.")
        return Reply(self._status, self._answer)
