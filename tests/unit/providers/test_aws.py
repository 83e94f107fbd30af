"""Signature Version 4, against an implementation of the test's own, which is held to AWS's published example."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
from urllib.parse import quote

import pytest

from trunkline.core.secret import Secret
from trunkline.outbound import OutgoingRequest, Url
from trunkline.providers import find, make_endpoint
from trunkline.providers.aws import SERVICE, AwsSigner, find_region

from .fakes import FakeTransport

ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
STAMP = "20150830T123600Z"
NOW = calendar.timegm((2015, 8, 30, 12, 36, 0))


def expected(method: str, path: str, query: str, headers: dict[str, str], body: bytes, service: str) -> str:
    """The signature, step by step as the documentation has it; paths are encoded once more than they are sent."""
    names = sorted(name.lower() for name in headers)
    lower = {name.lower(): value for name, value in headers.items()}
    canonical = "\n".join(
        [
            method,
            quote(path, safe="/-_.~"),
            query,
            *(f"{name}:{lower[name]}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"20150830/us-east-1/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", STAMP, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def test_the_implementation_of_the_test_gives_the_published_signature() -> None:
    # get-vanilla of AWS's Signature Version 4 test suite.
    headers = {"Host": "example.amazonaws.com", "X-Amz-Date": STAMP}
    assert (
        expected("GET", "/", "", headers, b"", "service")
        == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )


async def sign(url: str, *headers: tuple[str, str], body: bytes = b"") -> dict[str, str]:
    signer = AwsSigner(ID, Secret(SECRET), "us-east-1", clock=lambda: NOW)
    request = OutgoingRequest("POST" if body else "GET", Url.parse(url), headers, body)
    signed = await signer.sign(request, FakeTransport())
    assert (signed.url, signed.body, signed.method) == (request.url, request.body, request.method)
    assert SECRET not in f"{signer!r} {signed.headers}"
    assert len({name.lower() for name, _ in signed.headers}) == len(signed.headers)
    return dict(signed.headers)


def signature(headers: dict[str, str]) -> str:
    return headers["authorization"].rpartition("Signature=")[2]


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse", None, ""),
        ("/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream", None, ""),
        ("/a?b=2&a=1", "/a", "a=1&b=2"),
    ],
)
async def test_signatures(target: str, path: str | None, query: str) -> None:
    body = '{"messages":[{"text":"ü"}]}'.encode()
    host = "bedrock-runtime.us-east-1.amazonaws.com"
    headers = await sign(f"https://{host}{target}", ("content-type", "application/json"), body=body)
    covered = {"host": host, "content-type": "application/json", "x-amz-date": STAMP}
    assert headers["X-Amz-Date"] == STAMP
    assert headers["authorization"].startswith(
        f"AWS4-HMAC-SHA256 Credential={ID}/20150830/us-east-1/bedrock/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, Signature="
    )
    assert signature(headers) == expected("POST", path or target, query, covered, body, SERVICE)


async def test_a_session_token_is_signed() -> None:
    headers = await sign("https://b.example/", ("X-Amz-Security-Token", "token"))
    covered = {"host": "b.example", "x-amz-date": STAMP, "x-amz-security-token": "token"}
    assert signature(headers) == expected("GET", "/", "", covered, b"", SERVICE)


async def test_headers_that_proxies_may_change_are_not_signed() -> None:
    plain = await sign("https://b.example:8443/")
    assert signature(plain) == signature(await sign("https://b.example:8443/", ("user-agent", "x"), ("X-Team", "a")))
    covered = {"host": "b.example:8443", "x-amz-date": STAMP}
    assert signature(plain) == expected("GET", "/", "", covered, b"", SERVICE)


async def test_signing_again_replaces_the_signature() -> None:
    signer = AwsSigner(ID, Secret(SECRET), "us-east-1", clock=lambda: NOW)
    request = OutgoingRequest("GET", Url.parse("https://b.example/"), (("Authorization", "Bearer x"),))
    headers = (await signer.sign(request, FakeTransport())).headers
    assert [name for name, _ in headers] == ["X-Amz-Date", "authorization"]


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await sign("https://b.example/", ("X-Amz-Security-Token", "token-canary"))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("base_url", "settings", "region"),
    [
        (None, {}, "us-east-1"),
        (None, {"region": "eu-west-1"}, "eu-west-1"),
        ("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", {"region": "eu-west-1"}, "us-gov-west-1"),
        ("https://bedrock-runtime.cn-north-1.amazonaws.com.cn", {}, "cn-north-1"),
        ("https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com", {}, "eu-west-1"),
        ("https://gateway.example/bedrock", {"region": "eu-west-1"}, "eu-west-1"),
    ],
)
def test_the_region_is_that_of_the_place(base_url: str | None, settings: dict, region: str) -> None:
    provider = find("bedrock")
    endpoint = make_endpoint(provider, base_url, Secret("ABSKkey"), settings=settings)
    assert find_region(provider, endpoint.origin, settings) == region


async def test_an_endpoint_signs_with_an_access_key_and_shows_an_api_key() -> None:
    provider = find("bedrock")
    shown = make_endpoint(provider, None, Secret("ABSKexample"))
    assert shown.signer is None
    assert dict(shown.headers)["authorization"] == "Bearer ABSKexample"
    named = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE"}
    assert make_endpoint(provider, None, Secret("bedrock-api-key-x"), settings=named).signer is None
    signing = make_endpoint(provider, None, Secret(f" {SECRET}\n"), settings=named)
    assert isinstance(signing.signer, AwsSigner)
    assert signing.has_key
    assert SECRET not in str(signing.headers)
    assert "authorization" not in dict(signing.headers)
    url = signing.chat("us.amazon.nova-lite-v1:0", stream=True)
    signed = await signing.signer.sign(OutgoingRequest("POST", url, signing.headers, b"{}"), FakeTransport())
    assert re.search(r"Credential=AKIAIOSFODNN7EXAMPLE/\d{8}/us-east-1/bedrock/", dict(signed.headers)["authorization"])
