"""A key that stands elsewhere is shown as any other would be, and taken out of what comes back."""

from __future__ import annotations

import pytest

from trunkline.core.errors import UpstreamError
from trunkline.core.referenced_key import ReferencedKey
from trunkline.core.secret import Secret
from trunkline.outbound import OutgoingRequest
from trunkline.providers import find, make_endpoint

from .fakes import FakeTransport


class Known:
    """What a reference stands for."""

    def __init__(self, key: str) -> None:
        self.key = Secret(key)
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, reference: str, origin: str) -> Secret:
        self.asked.append((reference, origin))
        return self.key


async def sign(provider: str, known: Known, *headers: tuple[str, str], **settings: str) -> dict[str, str]:
    key = ReferencedKey("env:KEY", known, lambda _: None)
    endpoint = make_endpoint(find(provider), None, key, dict(headers), settings)
    assert endpoint.signer is not None
    assert "env:KEY" not in str(endpoint.headers), "the reference itself is sent to nobody"
    request = OutgoingRequest("POST", endpoint.chat("m", stream=False), endpoint.headers, b"{}")
    signed = await endpoint.signer.sign(request, FakeTransport())
    return {name.lower(): value for name, value in signed.headers}


async def test_it_is_shown_as_the_provider_wants_it() -> None:
    known = Known("sk-elsewhere-0123456789")
    assert (await sign("openai", known))["authorization"] == "Bearer sk-elsewhere-0123456789"
    assert (await sign("anthropic", known))["x-api-key"] == "sk-elsewhere-0123456789"
    assert known.asked[0] == ("env:KEY", "https://api.openai.com:443")


async def test_it_signs_where_a_key_signs() -> None:
    signed = await sign("bedrock", Known("secret-of-an-access-key"), accessKeyId="AKIDEXAMPLE", region="us-east-1")
    assert signed["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


async def test_a_header_of_the_user_wins() -> None:
    signed = await sign("openai", Known("sk-elsewhere"), ("Authorization", "Bearer own"))
    assert signed["authorization"] == "Bearer own"


async def test_each_call_shows_the_key_of_now_and_answers_lose_it() -> None:
    known = Known("sk-first-0123456789")
    endpoint = make_endpoint(find("openai"), None, ReferencedKey("env:KEY", known, lambda _: None))
    request = OutgoingRequest("POST", endpoint.chat("m", stream=False), endpoint.headers, b"{}")
    signer = endpoint.signer
    assert signer is not None
    assert endpoint.redaction.text("sk-first-0123456789") == "sk-first-0123456789"
    await signer.sign(request, FakeTransport())
    known.key = Secret("sk-second-0123456789")
    signed = await signer.sign(request, FakeTransport())
    assert ("authorization", "Bearer sk-second-0123456789") in signed.headers
    cleaned = endpoint.redaction.text("not sk-first-0123456789 nor sk-second-0123456789")
    assert "first" not in cleaned
    assert "second" not in cleaned


async def test_what_is_no_key_is_told_and_not_shown() -> None:
    with pytest.raises(UpstreamError, match="env:KEY leads to is no key") as refused:
        await sign("openai", Known("two words"))
    assert "two words" not in str(refused.value)
