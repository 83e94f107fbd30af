"""What of a discovery document is not believed."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from trunkline.control.sign_on.discovery import Discovery
from trunkline.core.errors import UpstreamError
from trunkline.outbound import OutgoingRequest, Timeouts, Transport

ISSUER = "https://sign-on.example"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "userinfo_endpoint": f"{ISSUER}/me",
}


class FakeProvider:
    """A provider that says this."""

    status = 200

    def __init__(self, document: dict[str, str]) -> None:
        self.document = document

    async def send(self, request: OutgoingRequest, timeouts: Timeouts) -> Any:
        return self

    async def read(self, limit: int) -> bytes:
        return msgspec.json.encode(self.document)


def discovery(**changed: str) -> Discovery:
    return Discovery(cast("Transport", FakeProvider(DOCUMENT | changed)), lambda: 0.0)


async def test_a_document_is_read() -> None:
    assert (await discovery().read(ISSUER)).userinfo_endpoint == f"{ISSUER}/me"


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
async def test_codes_and_tokens_never_leave_without_encryption(endpoint: str) -> None:
    with pytest.raises(UpstreamError, match="not https"):
        await discovery(**{endpoint: "http://sign-on.example/x"}).read(ISSUER)
    with pytest.raises(UpstreamError, match="wrong address"):
        await discovery(**{endpoint: "/relative"}).read(ISSUER)
