"""Signs calls to Amazon Web Services with an access key (Signature Version 4).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The canonical form and the
signature are botocore's; it is imported when the first such endpoint is made, since most installations have none.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, MutableMapping
from importlib import import_module
from typing import Final, Protocol, cast

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.secret import Secret
from trunkline.outbound.origin import Origin
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.transport import Transport
from trunkline.providers.base_url_template import fill_template
from trunkline.providers.provider import Provider

SERVICE: Final = "bedrock"
"""The name that calls of the runtime are signed for, too."""

_REGION: Final = re.compile(r"(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.")
"""In the names of https://docs.aws.amazon.com/general/latest/gr/bedrock.html, and of endpoints in a private network."""

_SIGNED: Final = ("content-type", "x-amz-")
"""How the names of the headers begin that are signed, besides Host: proxies may change others."""


class _AwsRequest(Protocol):
    """What is used of ``botocore.awsrequest.AWSRequest``."""

    context: dict[str, object]


class _Auth(Protocol):
    """What is used of ``botocore.auth.SigV4Auth``: its steps, since it logs the whole request when it takes them."""

    def canonical_request(self, request: _AwsRequest) -> str: ...

    def string_to_sign(self, request: _AwsRequest, canonical_request: str) -> str: ...

    def signature(self, string_to_sign: str, request: _AwsRequest) -> str: ...

    def headers_to_sign(self, request: _AwsRequest) -> MutableMapping[str, str]: ...

    def signed_headers(self, headers_to_sign: MutableMapping[str, str]) -> str: ...

    def scope(self, request: _AwsRequest) -> str: ...


class AwsSigner:
    """Signs with one access key for one ``service`` in one region. A session token is signed where the headers hold it
    (``X-Amz-Security-Token``). ``clock`` gives seconds since the epoch.
    """

    __slots__ = ("_auth", "_clock", "_make")

    def __init__(
        self,
        access_key_id: str,
        secret: Secret,
        region: str,
        clock: Callable[[], float] = time.time,
        *,
        service: str = SERVICE,
    ) -> None:
        credentials = import_module("botocore.credentials").Credentials(access_key_id, secret.reveal().strip())
        self._auth = cast("_Auth", import_module("botocore.auth").SigV4Auth(credentials, service, region))
        self._make = cast("Callable[..., _AwsRequest]", import_module("botocore.awsrequest").AWSRequest)
        self._clock = clock

    async def sign(self, request: OutgoingRequest, transport: Transport) -> OutgoingRequest:
        """See :class:`trunkline.providers.signer.Signer`. Good for five minutes."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        headers = [(name, value) for name, value in request.headers if name.lower() != "authorization"]
        headers.append(("X-Amz-Date", stamp))
        signed = {name: value for name, value in headers if name.lower().startswith(_SIGNED)}
        aws = self._make(method=request.method, url=str(request.url), headers=signed, data=request.body)
        aws.context["timestamp"] = stamp
        auth = self._auth
        signature = auth.signature(auth.string_to_sign(aws, auth.canonical_request(aws)), aws)
        names = auth.signed_headers(auth.headers_to_sign(aws))
        value = f"AWS4-HMAC-SHA256 Credential={auth.scope(aws)}, SignedHeaders={names}, Signature={signature}"
        return msgspec.structs.replace(request, headers=(*headers, ("authorization", value)))

    def __repr__(self) -> str:
        return "AwsSigner()"


def find_region(provider: Provider, origin: Origin, settings: Mapping[str, JsonValue]) -> str:
    """The region that calls are signed for: that of the host's name, else that of the settings."""
    found = _REGION.search(origin.host)
    return found[1] if found is not None else fill_template(provider, "{region}", settings)
