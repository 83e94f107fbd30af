"""Batches at a provider, as all that have such an interface offer them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final, Literal, Protocol, TypeVar

import msgspec

from trunkline.core.errors import NotFound, UpstreamError
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.batches.batch_record import FILE_NAME
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest, Timeouts
from trunkline.outbound.url import Url
from trunkline.providers.exchange import dispatch, read_failure

T = TypeVar("T")

PATIENCE: Final = Timeouts(connect=10.0, first_byte=300.0, between=120.0, total=3_600.0)
"""For files that may be large."""

MOST_BYTES: Final = 256 << 20
"""Of an answer that is read whole."""

Kind = Literal["output", "errors"]


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider is handed: the requests as it takes them, one a line."""

    endpoint: str
    model: str
    lines: Sequence[bytes]
    name: str = ""
    metadata: Mapping[str, str] = {}
    beta: str = ""

    @property
    def in_file(self) -> bool:
        """Whether its caller sent a file where requests may come inline as well."""
        return FILE_NAME in self.metadata


class Submitted(msgspec.Struct, frozen=True):
    """By which ids the provider knows the batch and the file that it was made of."""

    batch_id: str
    file_id: str | None = None


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """How a batch stands there. ``state`` is running as long as there are no results yet.

    ``results`` are where those are, and ``raw`` the results themselves where they come with the answer.
    """

    state: Literal["running", "completed", "cancelled", "expired", "failed"]
    succeeded: int = 0
    errored: int = 0
    fault: str | None = None
    results: Sequence[tuple[Kind, str]] = ()
    raw: Sequence[bytes] = ()


class ProviderBatches(Protocol):
    """One such interface. All raise UpstreamError for what the provider does not do."""

    def write_line(self, line: BatchLine, endpoint: str, body: bytes) -> bytes:
        """One request, whose ``body`` is what would be posted by itself."""
        ...

    async def submit(self, target: Target, submission: Submission) -> Submitted:
        """Begin a batch."""
        ...

    async def look(self, target: Target, batch_id: str) -> Sighting:
        """How it stands."""
        ...

    def read_results(self, target: Target, sighting: Sighting) -> AsyncGenerator[tuple[Kind, bytes]]:
        """The results, one a line, in the order in which they come."""
        ...

    async def cancel(self, target: Target, batch_id: str) -> None:
        """Have it stopped."""
        ...

    async def forget(self, target: Target, batch_id: str, file_id: str | None, results: Sequence[str]) -> None:
        """Delete what the provider need not keep any more, now that it is kept here."""
        ...


async def ask(
    target: Target,
    method: str,
    url: Url,
    body: bytes = b"",
    *,
    content_type: str = "application/json",
    more: Sequence[tuple[str, str]] = (),
) -> IncomingResponse:
    """The answer, whose status is good. Raises UpstreamError."""
    headers = [pair for pair in target.endpoint.headers if pair[0].lower() != "content-type"]
    if body:
        headers.append(("content-type", content_type))
    names = {name for name, _ in more}
    headers = [pair for pair in headers if pair[0].lower() not in names]
    request = OutgoingRequest(method, url, [*headers, *more], body)
    response = await dispatch(target.endpoint, target.transport, request, PATIENCE)
    if 200 <= response.status < 300:
        return response
    raise await read_failure(target.endpoint, response)


async def ask_json(target: Target, method: str, url: Url, kind: type[T], body: bytes = b"", **more: str) -> T:
    """As :func:`ask`: the answer as a ``kind``."""
    response = await ask(
        target, method, url, body, more=[(name.replace("_", "-"), each) for name, each in more.items()]
    )
    return read_json(target, await response.read(MOST_BYTES), kind)


def read_json(target: Target, raw: bytes, kind: type[T]) -> T:
    """``raw`` as a ``kind``. Raises UpstreamError for what is none."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UpstreamError(
            f"{target.provider.display_name} told of a batch in a way that is not known here.",
            kind="malformed",
            provider=target.provider.id,
        ) from None


async def read_lines(target: Target, url: Url) -> AsyncGenerator[bytes]:
    """The lines of a file at ``url``, as they come."""
    response = await ask(target, "GET", url)
    rest = b""
    try:
        while chunk := await response.next_chunk():
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if line.strip():
                    yield line
        if rest.strip():
            yield rest
    finally:
        response.abort()


def find_path(target: Target, path: str | None) -> str:
    """The provider's own path. Raises NotFound where it has no such thing."""
    if path is None:
        raise NotFound(f"{target.provider.display_name} runs no batches.", code="not_offered")
    return path
