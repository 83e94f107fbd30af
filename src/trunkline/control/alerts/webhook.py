"""Posts a notice to a URL: signed for a webhook, as a text for what understands Slack's webhooks."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from typing import Final

import msgspec

from trunkline.control.alerts.message import write_text
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.control.alerts.webhook_secret import read_secret
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.outbound import ForbiddenAddress, OutboundError, OutgoingRequest, Timeouts, Url
from trunkline.outbound.transport import IncomingResponse, Transport

_TIMEOUTS: Final = Timeouts(connect=5, first_byte=10, between=10, total=15)
_GONE: Final = 410
_LONGEST_WAIT: Final = 3_600
_ANSWER_BYTES: Final = 65_536


def sign(secret: Secret, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: of the id, the time (seconds since the epoch) and the body.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
    """
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(read_secret(secret), signed, "sha256")).decode()


async def post_signed(
    transport: Transport, url: str, secret: Secret, message_id: str, message: dict[str, JsonValue], moment: datetime
) -> DeliveryOutcome:
    """Post ``message`` as Standard Webhooks say. The id is the same at each attempt, the time is the attempt's."""
    body, timestamp = msgspec.json.encode(message), int(moment.timestamp())
    headers = [
        ("webhook-id", message_id),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", sign(secret, message_id, timestamp, body)),
    ]
    return await _post(transport, url, body, headers)


async def post_text(transport: Transport, url: str, message: dict[str, JsonValue]) -> DeliveryOutcome:
    """Post what people read: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks."""
    # https://docs.slack.dev/messaging/formatting-message-text#escaping
    text = write_text(message).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return await _post(transport, url, msgspec.json.encode({"text": text}), [])


async def _post(transport: Transport, url: str, body: bytes, headers: list[tuple[str, str]]) -> DeliveryOutcome:
    try:
        place = Url.parse(url)
    except InvalidInput as error:
        return DeliveryOutcome(ok=False, reason=error.message, final=True)
    # What it says is not kept, but read: its connection serves the next notice.
    outcome, _ = await exchange(transport, "POST", place, body, headers)
    return outcome


async def exchange(
    transport: Transport, method: str, url: Url, body: bytes, headers: list[tuple[str, str]]
) -> tuple[DeliveryOutcome, bytes]:
    """Send a request, and tell how that ended and what was answered. The body is JSON unless ``headers`` say another
    type. An answer that is too long to be read counts by its status."""
    names = {name.lower() for name, _ in headers}
    usual = [("content-type", "application/json"), ("user-agent", "Trunkline")]
    sent = [*(each for each in usual if each[0] not in names), *headers]
    try:
        response = await transport.send(OutgoingRequest(method, url, sent, body), _TIMEOUTS)
    except (ForbiddenAddress, InvalidInput) as error:
        return DeliveryOutcome(ok=False, reason=error.message, final=True), b""
    except OutboundError as error:
        return DeliveryOutcome(ok=False, reason=error.message), b""
    said = b""
    try:
        said = await response.read(_ANSWER_BYTES)
    except OutboundError:
        await response.close()
    return _judge(response), said


def _judge(response: IncomingResponse) -> DeliveryOutcome:
    status = response.status
    if 200 <= status < 300:
        return DeliveryOutcome(ok=True, status=status)
    if 300 <= status < 400:
        return DeliveryOutcome(
            ok=False, status=status, reason=f"It redirects ({status}), which is not followed.", final=True
        )
    if status == _GONE:
        return DeliveryOutcome(ok=False, status=status, reason="It is gone (410).", final=True)
    wait = response.headers.get("retry-after") or ""
    after = timedelta(seconds=min(int(wait), _LONGEST_WAIT)) if wait.isascii() and wait.isdigit() else None
    return DeliveryOutcome(ok=False, status=status, reason=f"It answered {status}.", after=after)
