"""Tokens for service accounts: asked for once, kept until a minute before their end."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.secret import Secret
from trunkline.outbound import ConnectFailed, Origin, OutgoingRequest, Timeouts, Url
from trunkline.providers import find, make_endpoint
from trunkline.providers.check import check
from trunkline.providers.google_cloud import GoogleSigner
from trunkline.providers.service_account import TOKEN_URL, is_service_account, read_service_account

from .fakes import FakeResponse, FakeTransport, reply

EMAIL = "robot@my-project.iam.gserviceaccount.com"
RSA = RSAKey.generate_key(2048, private=True)
PEM = RSA.as_pem(private=True).decode()
FILE = {
    "type": "service_account",
    "project_id": "my-project",
    "private_key_id": "kid-1",
    "private_key": PEM,
    "client_email": EMAIL,
    "token_uri": TOKEN_URL,
}
REQUEST = OutgoingRequest("POST", Url.parse("https://aiplatform.googleapis.com/v1/x"), (("content-type", "a"),), b"{}")
NOW = 1_700_000_000.0


def account(**changes: Any) -> Secret:
    return Secret(json.dumps({**FILE, **changes}, indent=2))


def granted(token: str = "ya29.token", **more: Any) -> FakeResponse:
    return reply({"access_token": token, "expires_in": 3599, "token_type": "Bearer", **more})


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def signer(clock: Clock | None = None) -> GoogleSigner:
    return GoogleSigner(read_service_account(account()), clock or Clock())


async def test_a_signed_assertion_is_exchanged_for_a_token() -> None:
    transport = FakeTransport(granted())
    signed = await signer().sign(REQUEST, transport)
    assert signed.headers == (("content-type", "a"), ("authorization", "Bearer ya29.token"))
    (asked,) = transport.requests
    assert (asked.method, str(asked.url)) == ("POST", TOKEN_URL)
    form = parse_qs(asked.body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    token = jwt.decode(form["assertion"][0], RSA, algorithms=["RS256"])
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": "kid-1"}
    assert token.claims == {
        "iss": EMAIL,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": TOKEN_URL,
        "iat": 1_700_000_000,
        "exp": 1_700_003_600,
    }


async def test_a_token_is_kept_until_a_minute_before_its_end() -> None:
    clock = Clock()
    transport = FakeTransport(granted("one"), granted("two"))
    signing = signer(clock)
    shown = []
    for age in (0, 3000, 3538, 3539, 3600):
        clock.now = NOW + age
        shown.append(dict((await signing.sign(REQUEST, transport)).headers)["authorization"])
    assert shown == ["Bearer one"] * 3 + ["Bearer two"] * 2


class Gate:
    """Answers when it is opened."""

    def __init__(self, *answers: FakeResponse | Exception) -> None:
        self.inner = FakeTransport(*answers)
        self.open = asyncio.Event()
        self.asked = asyncio.Event()

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = Timeouts()) -> FakeResponse:  # noqa: B008
        self.asked.set()
        await self.open.wait()
        return await self.inner.send(request, timeouts)


async def test_concurrent_callers_share_one_token_also_when_the_first_hangs_up() -> None:
    gate = Gate(granted())
    signing = signer()
    callers = [asyncio.ensure_future(signing.sign(REQUEST, gate)) for _ in range(20)]
    await gate.asked.wait()
    callers[0].cancel()
    await asyncio.wait({callers[0]})
    gate.open.set()
    signed = await asyncio.gather(*callers[1:])
    assert callers[0].cancelled()
    assert {dict(one.headers)["authorization"] for one in signed} == {"Bearer ya29.token"}
    assert len(gate.inner.requests) == 1


async def test_a_failure_is_told_to_all_and_not_kept() -> None:
    gate = Gate(reply({"error": "internal_failure"}, 503), granted())
    signing = signer()
    callers = [asyncio.ensure_future(signing.sign(REQUEST, gate)) for _ in range(3)]
    await gate.asked.wait()
    gate.open.set()
    failed = await asyncio.gather(*callers, return_exceptions=True)
    assert [error.kind for error in failed if isinstance(error, UpstreamError)] == ["server"] * 3
    assert dict((await signing.sign(REQUEST, gate)).headers)["authorization"] == "Bearer ya29.token"


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (
            reply({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400),
            "auth",
            "Invalid JWT Signature.",
        ),
        (reply({"error": "invalid_client"}, 401), "auth", "invalid_client"),
        (reply(b"<html>", 403), "auth", None),
        (reply(b"", 429), "rate_limit", None),
        (reply(b"oops", 500), "server", None),
        (reply(b"oops", 200), "malformed", None),
        (reply({"access_token": None}, 200), "malformed", None),
        (reply({"error_description": "key eyJhbGciOiJSUzI1NiIsInR5cCI6", "error": "x"}, 400), "auth", "key [redacted]"),
    ],
)
async def test_refusals(answer: FakeResponse, kind: str, detail: str | None) -> None:
    with pytest.raises(UpstreamError) as caught:
        await signer().sign(REQUEST, FakeTransport(answer))
    assert (caught.value.kind, caught.value.detail) == (kind, detail)


async def test_a_token_endpoint_that_is_not_reached() -> None:
    broken = ConnectFailed("no way there", origin=Origin("https", "oauth2.googleapis.com", 443), stage="tcp")
    with pytest.raises(ConnectFailed):
        await signer().sign(REQUEST, FakeTransport(broken))


async def test_the_users_own_authorization_wins() -> None:
    own = OutgoingRequest("POST", REQUEST.url, (("Authorization", "Bearer mine"),), b"{}")
    assert await signer().sign(own, FakeTransport()) is own


@pytest.mark.parametrize(
    "key",
    [
        account(token_uri="https://evil.example/token"),
        account(private_key="-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        account(private_key=5),
        Secret(json.dumps({"type": "service_account", "client_email": EMAIL})),
        Secret("{"),
        Secret("{" * 20_000),
    ],
)
def test_what_is_no_service_account(key: Secret) -> None:
    assert is_service_account(key)
    with pytest.raises(InvalidInput) as caught:
        make_endpoint(find("vertex"), None, key, settings={"project": "p"})
    assert caught.value.fields[0].field == "apiKey"
    assert "evil" not in str(caught.value)
    assert "BEGIN" not in str(caught.value)


def test_an_endpoint_shows_nothing_of_the_account() -> None:
    endpoint = make_endpoint(find("vertex"), None, account(), settings={"project": "p"})
    assert isinstance(endpoint.signer, GoogleSigner)
    assert endpoint.has_key
    assert "PRIVATE" not in f"{endpoint!r} {endpoint.signer!r} {endpoint.headers} {read_service_account(account())!r}"
    assert "authorization" not in dict(endpoint.headers)


def test_an_api_key_is_shown_as_it_is() -> None:
    endpoint = make_endpoint(find("vertex"), None, Secret("AQ.key"), settings={"project": "p"})
    assert endpoint.signer is None
    assert dict(endpoint.headers)["x-goog-api-key"] == "AQ.key"


async def test_a_connection_test_asks_for_a_token_first() -> None:
    answer = 'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"ok"}]},"finishReason":"STOP"}]}\n\n'
    endpoint = make_endpoint(find("vertex"), None, account(), settings={"project": "p"})
    transport = FakeTransport(granted(), reply(answer.encode()))
    stages = [stage async for stage in check(endpoint, transport, "gemini-2.5-flash")]
    assert [(stage.name, stage.ok) for stage in stages] == [("stream", True)]
    assert ("authorization", "Bearer ya29.token") in transport.requests[1].headers
    endpoint = make_endpoint(find("vertex"), None, account(), settings={"project": "p"})
    refused = FakeTransport(reply({"error": "invalid_grant"}, 400))
    (stage,) = [stage async for stage in check(endpoint, refused, "gemini-2.5-flash")]
    assert (stage.name, stage.ok) == ("auth", False)
    assert "rejected this key" in stage.message
