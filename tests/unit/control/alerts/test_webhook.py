"""Signatures are those of the Standard Webhooks specification, and answers say how a notice fared."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.control.alerts.webhook import post_signed, post_text, sign
from trunkline.control.alerts.webhook_secret import check_secret, make_secret, read_secret
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.outbound import ConnectFailed, ForbiddenAddress, Headers, OutboundError, OutgoingRequest, Url

URL = "https://hooks.example.com/x?token=1"
ORIGIN = Url.parse(URL).origin
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MESSAGE: dict[str, Any] = {
    "type": "alert.firing",
    "timestamp": "2026-01-02T03:04:05.000Z",
    "data": {
        "id": "a", "ruleName": "Down", "subjectName": "c", "severity": "critical", "summary": "<c> & d",
        "startedAt": "2026-01-02T03:00:00.000Z", "resolvedAt": None,
    },
}  # fmt: skip


class Wire:
    """Stands for the client: answers with one status."""

    def __init__(self, status: int = 200, error: OutboundError | None = None, **headers: str) -> None:
        self.status = status
        self.headers = Headers.of(headers.items())
        self._error = error
        self.sent: list[OutgoingRequest] = []

    async def send(self, request: OutgoingRequest, timeouts: Any = None) -> Any:
        self.sent.append(request)
        if self._error is not None:
            raise self._error
        return self

    async def read(self, limit: int | None = None) -> bytes:
        return b"what it says"

    async def close(self) -> None:
        """Nothing."""


def test_the_signature_is_that_of_the_specification() -> None:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/go/webhook_test.go"""
    made = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_webhook_is_sent_its_id_its_time_and_a_signature_of_both_and_the_body() -> None:
    wire = Wire(204)
    assert await post_signed(wire, URL, SECRET, "d", MESSAGE, NOW) == DeliveryOutcome(ok=True, status=204)
    (request,) = wire.sent
    headers = dict(request.headers)
    assert (request.method, str(request.url)) == ("POST", URL)
    assert json.loads(request.body) == MESSAGE
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("d", str(int(NOW.timestamp())))
    assert headers["webhook-signature"] == sign(SECRET, "d", int(NOW.timestamp()), request.body)
    assert headers["content-type"] == "application/json"


async def test_slack_is_sent_a_text_in_which_nothing_is_markup() -> None:
    wire = Wire()
    assert (await post_text(wire, URL, MESSAGE)).ok
    text = json.loads(wire.sent[0].body)["text"]
    assert text.startswith("[critical] Down: &lt;c&gt; &amp; d\nSince: 2026-01-02T03:00:00.000Z")


@pytest.mark.parametrize(
    ("wire", "outcome"),
    [
        (Wire(500), DeliveryOutcome(ok=False, status=500, reason="It answered 500.")),
        (Wire(410), DeliveryOutcome(ok=False, status=410, reason="It is gone (410).", final=True)),
        (
            Wire(302),
            DeliveryOutcome(ok=False, status=302, reason="It redirects (302), which is not followed.", final=True),
        ),
        (
            Wire(429, **{"retry-after": "120"}),
            DeliveryOutcome(ok=False, status=429, reason="It answered 429.", after=timedelta(minutes=2)),
        ),
        (Wire(503, **{"retry-after": "tomorrow"}), DeliveryOutcome(ok=False, status=503, reason="It answered 503.")),
        (
            Wire(503, **{"retry-after": "99999999"}),
            DeliveryOutcome(ok=False, status=503, reason="It answered 503.", after=timedelta(hours=1)),
        ),
        (Wire(error=ConnectFailed("Nobody.", origin=ORIGIN, stage="tcp")), DeliveryOutcome(ok=False, reason="Nobody.")),
        (
            Wire(error=ForbiddenAddress("Not there.", origin=ORIGIN, stage="guard")),
            DeliveryOutcome(ok=False, reason="Not there.", final=True),
        ),
    ],
)
async def test_how_it_fared(wire: Wire, outcome: DeliveryOutcome) -> None:
    assert await post_signed(wire, URL, SECRET, "d", MESSAGE, NOW) == outcome


def test_a_secret_that_is_made_is_one_that_is_taken() -> None:
    made = make_secret()
    check_secret(made)
    assert len(read_secret(made)) == 32
    assert made != make_secret()


@pytest.mark.parametrize("secret", ["", "whsec_", "hunter2", "whsec_c2hvcnQ=", "whsec_###", "whsec_" + "QUFB" * 22])
def test_empty_short_and_odd_secrets_are_refused(secret: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_secret(Secret(secret))
    assert [error.field for error in caught.value.fields] == ["secret"]
    assert not secret or secret not in caught.value.message.replace("whsec_ followed", "")
