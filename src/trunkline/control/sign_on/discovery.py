"""What a provider says of itself: its endpoints, and the keys that it signs with.

https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.outbound import IncomingResponse, OutboundError, OutgoingRequest, Timeouts, Transport, Url

T = TypeVar("T")

TIMEOUTS: Final = Timeouts(connect=5, first_byte=10, between=10, total=15)
_ANSWER_BYTES: Final = 512 * 1024
_FRESH_SECONDS: Final = 3_600.0
_KEYS_AGAIN_SECONDS: Final = 30.0
"""How soon the keys may be asked for again, for a token that names one that is not known: anybody can make one up."""


class ProviderMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the discovery document that are used, by their names there."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False


class KeyList(msgspec.Struct, frozen=True):
    """A JSON Web Key Set (RFC 7517, section 5), and when it was read."""

    keys: tuple[dict[str, Any], ...]
    read_at: float = 0.0


class Discovery:
    """Reads both by HTTP and remembers them for an hour. ``clock`` gives seconds."""

    def __init__(self, transport: Transport, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._clock = clock
        self._metadata: dict[str, tuple[ProviderMetadata, float]] = {}
        self._keys: dict[str, KeyList] = {}

    async def read(self, issuer: str, *, again: bool = False) -> ProviderMetadata:
        """The endpoints of ``issuer``; ``again``: not as they are remembered.

        :class:`UpstreamError` when it cannot be reached, is none, or calls itself otherwise.
        """
        known = self._metadata.get(issuer)
        if known is not None and not again and self._clock() - known[1] < _FRESH_SECONDS:
            return known[0]
        url = Url.parse(issuer.rstrip("/") + "/.well-known/openid-configuration")
        found = await fetch(self._transport, OutgoingRequest("GET", url, [("accept", "application/json")]))
        metadata = read_answer(found, ProviderMetadata, f"{url.origin} has no discovery document that can be read")
        if metadata.issuer != issuer:
            raise UpstreamError(
                f"The discovery document is of the issuer {metadata.issuer[:200]!r}, not {issuer!r}. They must be the"
                " same, also in a slash at the end.",
                kind="malformed",
            )
        for endpoint in (
            metadata.authorization_endpoint,
            metadata.token_endpoint,
            metadata.jwks_uri,
            metadata.userinfo_endpoint,
        ):
            if endpoint is not None:
                _read_endpoint(endpoint, issuer)
        self._metadata[issuer] = (metadata, self._clock())
        return metadata

    async def read_keys(self, metadata: ProviderMetadata, *, missed: bool = False) -> KeyList:
        """The keys of a provider. ``missed``: a key that is not among those that are remembered was named."""
        known = self._keys.get(metadata.jwks_uri)
        if known is not None:
            age = self._clock() - known.read_at
            if age < (_KEYS_AGAIN_SECONDS if missed else _FRESH_SECONDS):
                return known
        url = Url.parse(metadata.jwks_uri)
        found = await fetch(self._transport, OutgoingRequest("GET", url, [("accept", "application/json")]))
        keys = read_answer(found, KeyList, f"{url.origin} has no list of keys that can be read")
        kept = self._keys[metadata.jwks_uri] = KeyList(keys.keys, self._clock())
        return kept


class Answer(msgspec.Struct, frozen=True):
    """What a provider answered."""

    status: int
    body: bytes


async def fetch(transport: Transport, request: OutgoingRequest) -> Answer:
    """Send ``request`` to a provider. Raises OutboundError where no answer came. Redirects are not followed."""
    response: IncomingResponse = await transport.send(request, TIMEOUTS)
    try:
        return Answer(response.status, await response.read(_ANSWER_BYTES))
    except OutboundError:
        await response.close()
        raise


def read_answer(answer: Answer, kind: type[T], otherwise: str) -> T:
    """The answer as JSON. :class:`UpstreamError` that says ``otherwise`` for one that is no success, or other JSON."""
    if answer.status != 200:
        raise UpstreamError(f"{otherwise}: it answered {answer.status}.", kind="malformed", status=answer.status)
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UpstreamError(f"{otherwise}: {str(error)[:200]}", kind="malformed") from None


def _read_endpoint(text: str, issuer: str) -> Url:
    try:
        url = Url.parse(text)
    except InvalidInput as error:
        raise UpstreamError(f"The discovery document has a wrong address: {error.message}", kind="malformed") from None
    if issuer.startswith("https://") and url.origin.scheme != "https":
        raise UpstreamError(f"The discovery document names {url.origin}, which is not https.", kind="malformed")
    return url
