"""One request to a service that keeps keys or secrets, and what its refusal is understood to say."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

import msgspec

from trunkline.core.errors import InvalidInput, TrunklineError, UpstreamError
from trunkline.core.redact import redact
from trunkline.outbound import Client, Guard, LocalUpstreams, Origin, OutgoingRequest, Timeouts, Transport, Url
from trunkline.outbound.address import Address

_T = TypeVar("_T")

_ANSWER_LIMIT: Final = 1 << 20
_DETAIL_LIMIT: Final = 500

TIMEOUTS: Final = Timeouts(connect=2.0, first_byte=3.0, between=3.0, total=4.0)
"""A start waits for at most two such requests, and for no more than five seconds in all."""


class ServiceFailed(TrunklineError):
    """A service did not give what was asked for. ``refused``: it answered, and said no."""

    code = "secret_service"

    def __init__(self, message: str, *, refused: bool) -> None:
        super().__init__(message)
        self.refused = refused


class OperatorGuard(Guard):
    """Permits every address: the operator names it, in the environment of the server, and may mean a local one."""

    def __init__(self) -> None:
        super().__init__(LocalUpstreams())

    def permits(self, origin: Origin, address: Address) -> bool:
        """Always."""
        return True

    def judge(self, origin: Origin, addresses: Iterable[Address]) -> None:
        """Never raises."""


def make_client(ca_file: str | None = None) -> Client:
    """A client for services that the operator names. ``ca_file``: whom to trust, in PEM, instead of the system's.

    Raises :class:`ServiceFailed` where there is no such file, or nothing of the kind in it.
    """
    if ca_file is None:
        return Client(OperatorGuard())
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ServiceFailed(f"The certificates in {ca_file} cannot be read ({error}).", refused=False) from None
    context.set_alpn_protocols(["http/1.1"])
    return Client(OperatorGuard(), ssl_context=context)


async def ask(service: str, request: OutgoingRequest, transport: Transport, kind: type[_T]) -> _T:
    """The answer of ``service`` to ``request``, as ``kind``. Raises :class:`ServiceFailed` in words for an operator."""
    try:
        response = await transport.send(request, TIMEOUTS)
        body = await response.read(_ANSWER_LIMIT)
    except UpstreamError as error:
        raise ServiceFailed(f"{service} cannot be reached. {error.message}", refused=False) from error
    if response.status >= 300:
        detail = _read_detail(body)
        raise ServiceFailed(
            f"{service} answered with status {response.status}{f': {detail}' if detail else ''}.",
            refused=response.status < 500 and response.status != 429,
        )
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        raise ServiceFailed(
            f"{service} answered in a way that is not its own: is its address right?", refused=True
        ) from None


def post_json(url: str, body: object, headers: Sequence[tuple[str, str]] = ()) -> OutgoingRequest:
    """A request with ``body`` as JSON. :class:`ServiceFailed` for what is no URL."""
    fields = (("content-type", "application/json"), *headers)
    return OutgoingRequest("POST", read_url(url), fields, msgspec.json.encode(body))


def read_url(url: str) -> Url:
    """``url`` taken apart. :class:`ServiceFailed` for what is none."""
    try:
        return Url.parse(url)
    except InvalidInput as error:
        raise ServiceFailed(f"{url} cannot be called. {error.message}", refused=True) from None


class _Error(msgspec.Struct):
    """Google's and Azure's: both nest it."""

    message: str = ""


class _Said(msgspec.Struct):
    """The errors of all of them. AWS writes ``message`` in either case, Vault a list."""

    type: str = msgspec.field(name="__type", default="")
    message: str = ""
    upper_message: str = msgspec.field(name="Message", default="")
    error: _Error | str = ""
    error_description: str = ""
    errors: list[str] = []


def _read_detail(body: bytes) -> str:
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeError):
        return ""
    inner = said.error.message if isinstance(said.error, _Error) else said.error
    kind = said.type.rpartition("#")[2]
    parts = (kind, said.message or said.upper_message, said.error_description or inner, "; ".join(said.errors))
    text = " ".join(" ".join(part for part in parts if part).split())
    return redact(text).rstrip(".")[:_DETAIL_LIMIT]
