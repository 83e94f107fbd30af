"""What the gateway's face reads of an HTTP request: who asks, and the body."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from trunkline.core.caching import MAX_AGE, NO_CACHE, NO_STORE
from trunkline.core.errors import InvalidInput, TooLarge
from trunkline.core.ids import new_id
from trunkline.core.trace_parent import LONGEST
from trunkline.faces.unpacking import read_codings, unpack
from trunkline.faces.v1.load import Seat
from trunkline.gateway.batches.named_files import BETA_HEADER, say_files_beta
from trunkline.vault.token import TokenKind

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RawHeaders = Iterable[tuple[bytes, bytes]]

_READ: Final = frozenset(
    {
        b"accept-encoding",
        b"anthropic-beta",
        b"anthropic-version",
        b"authorization",
        b"cache-control",
        b"content-encoding",
        b"content-length",
        b"origin",
        b"traceparent",
        b"x-api-key",
        b"x-goog-api-key",
        b"x-request-id",
        b"x-trunkline-route",
        b"x-trunkline-tags",
        b"x-trunkline-workspace",
        b"x-user-id",
    }
)
"""What is looked at. SDKs send a dozen fields besides."""

_OURS: Final = TokenKind.API_KEY.value
"""How API keys begin."""

_CACHE_CONTROL: Final = frozenset({NO_CACHE, NO_STORE})
"""The directives of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1 that are heard here."""

BODY_SETTING: Final = "TRUNKLINE_MAX_BODY_MB"

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")


class HangUp(Exception):
    """The client went away before its request was whole."""


class RequestHeaders:
    """What the headers carry: credential, workspace, request id, end user, length of the body."""

    __slots__ = (
        "accepts",
        "anthropic",
        "cache_control",
        "codings",
        "conflicting",
        "credential",
        "forwarded",
        "google",
        "length",
        "origin",
        "request_id",
        "tags",
        "targets",
        "trace",
        "unit",
        "workspace_id",
    )

    def __init__(self, headers: RawHeaders) -> None:
        self.conflicting = False
        """Whether two different credentials were sent, and which of them counts would be a guess: an API key of ours
        counts, whatever vendor's token was sent beside it."""
        self.credential: str | None = None
        self.workspace_id: str | None = None
        self.request_id = ""
        self.length: int | None = None
        self.unit: str | None = None
        """Whom the caller serves, for experiments."""
        self.cache_control: frozenset[str] = frozenset()
        """What the caller says of answers that are kept."""
        self.targets: tuple[str, ...] = ()
        """The targets of a route that the caller leaves, in its own words."""
        self.tags: str | None = None
        """What the caller counts the call under, in its own words."""
        self.trace: str | None = None
        """Of which trace the request is part, in the caller's own words."""
        self.forwarded: list[tuple[str, str]] = []
        """Headers that mean something to the provider when the call passes unread."""
        self.anthropic = self.google = False
        """Whether the headers are those of such a client, which likes its answers in its own shape."""
        self.accepts: bytes | None = None
        """The codings that the client takes, in its own words."""
        self.codings: tuple[bytes, ...] = ()
        """How the body is compressed."""
        self.origin: bytes | None = None
        """Whose page asks, where a browser does."""
        for name, value in headers:
            if name not in _READ:
                continue
            if name == b"authorization":
                scheme, _, token = value.partition(b" ")
                if scheme.lower() != b"bearer":
                    continue
                self._take(token)
            elif name == b"x-api-key":
                self._take(value)
            elif name == b"x-goog-api-key":
                self.google = True
                self._take(value)
            elif name in {b"anthropic-version", b"anthropic-beta"}:
                self.anthropic = True
                if value.isascii():
                    self.forwarded.append((name.decode("ascii"), value.decode("ascii")))
            elif name == b"x-request-id":
                if _REQUEST_ID.fullmatch(value):
                    self.request_id = value.decode("ascii")
            elif name == b"x-trunkline-workspace":
                self.workspace_id = value.decode("latin-1")
            elif name == b"cache-control":
                said = (word.strip() for word in value.decode("latin-1").lower().split(","))
                self.cache_control |= {word for word in said if word in _CACHE_CONTROL or word.startswith(MAX_AGE)}
            elif name == b"x-trunkline-route":
                named = (word.strip() for word in value.decode("utf-8", "replace").split(","))
                self.targets += tuple(word for word in named if word)
            elif name == b"x-trunkline-tags":
                # Fields of one name are one list: https://www.rfc-editor.org/rfc/rfc9110#section-5.3
                self.tags = value.decode("latin-1") if self.tags is None else f"{self.tags},{value.decode('latin-1')}"
            elif name == b"x-user-id":
                self.unit = value.decode("latin-1") or None
            elif name == b"content-length":
                self.length = int(value) if value.isdigit() else None
            elif name == b"accept-encoding":
                self.accepts = value if self.accepts is None else self.accepts + b"," + value
            elif name == b"content-encoding":
                self.codings = (*self.codings, value)
            elif name == b"origin":
                self.origin = value
            elif name == b"traceparent" and len(value) <= LONGEST:
                self.trace = value.decode("latin-1")
        if not self.request_id:
            self.request_id = new_id()

    def say_files_beta(self) -> None:
        """Have Anthropic hear that the call names files, also where the client does not say so."""
        said = dict(self.forwarded)
        self.forwarded = [*(said | {BETA_HEADER: say_files_beta(said.get(BETA_HEADER, ""))}).items()]

    def _take(self, raw: bytes) -> None:
        credential, earlier = raw.strip().decode("latin-1"), self.credential
        if earlier is None or earlier == credential:
            self.credential = credential
            return
        ours = credential.startswith(_OURS)
        if ours != earlier.startswith(_OURS):
            # Coding assistants send their user's token of the vendor beside it.
            self.credential = credential if ours else earlier
        else:
            self.conflicting = True


async def read_body(
    receive: Receive, request_headers: RequestHeaders, limit: int, seat: Seat, setting: str = BODY_SETTING
) -> bytes:
    """The whole body, unpacked, for which ``seat`` has room.

    Raises TooLarge above ``limit`` bytes (which ``setting`` moves), Unavailable where there is no room, UnknownCoding
    before anything is read, InvalidInput for what is not of its coding, and HangUp when the client goes away.
    """
    if not request_headers.codings:
        return await _read_raw(receive, request_headers.length, limit, seat, setting)
    codings = read_codings(request_headers.codings)
    body = await _read_raw(receive, request_headers.length, limit, seat, setting)
    # A call whose model is named in the path may have no body at all, however it is said to be packed.
    if body:
        body = await unpack(body, codings, limit, lambda: _too_large(limit, setting))
        seat.take(len(body))
    return body


async def _read_raw(receive: Receive, length: int | None, limit: int, seat: Seat, setting: str) -> bytes:
    if length is not None:
        if length > limit:
            raise _too_large(limit, setting)
        # Before it is asked for.
        seat.take(length)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise HangUp
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(body) > limit:
            raise _too_large(limit, setting)
        if length is None:
            seat.take(len(body))
        return body
    pieces = [body]
    size = len(body)
    if length is None:
        seat.take(size)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HangUp
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise _too_large(limit, setting)
        if length is None:
            seat.take(len(piece))
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _too_large(limit: int, setting: str) -> TooLarge:
    return TooLarge(
        f"The body is over the limit of {limit // (1 << 20)} MiB. Send less, or have the setting {setting} raised."
    )


def conflict() -> InvalidInput:
    """The error for two different credentials in one request."""
    return InvalidInput.of(
        "Authorization", "two different keys were sent in this request; send one", code="conflicting_credentials"
    )
