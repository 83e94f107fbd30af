"""A transport that answers from a list and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from trunkline.outbound import Headers, OutgoingRequest, Timeouts, Timing
from trunkline.outbound.transport import DEFAULT_TIMEOUTS


class FakeResponse:
    def __init__(self, status: int, pieces: Sequence[bytes], headers: Sequence[tuple[str, str]] = ()) -> None:
        self.status = status
        self.headers = Headers.of(headers)
        self.timing = Timing()
        self.peer = ""
        self.pieces = list(pieces)
        self.aborted = False

    async def next_chunk(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    async def flow(self, sink: Callable[[bytes], bool]) -> None:
        while self.pieces and sink(self.pieces.pop(0)):
            pass

    async def read(self, limit: int | None = None) -> bytes:
        body = b"".join(self.pieces)
        self.pieces.clear()
        return body

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self.aborted = True
        self.pieces.clear()


def reply(body: object = b"", status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> FakeResponse:
    """An answer: bytes as they are, a list of bytes as pieces, all else as JSON."""
    if isinstance(body, bytes):
        return FakeResponse(status, [body], headers)
    if isinstance(body, list) and body and isinstance(body[0], bytes):
        return FakeResponse(status, body, headers)
    return FakeResponse(status, [json.dumps(body).encode()], headers)


class FakeTransport:
    """Gives ``answers`` in order; an exception among them is raised."""

    def __init__(self, *answers: FakeResponse | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[OutgoingRequest] = []
        self.timeouts: list[Timeouts] = []

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> FakeResponse:
        self.requests.append(request)
        self.timeouts.append(timeouts)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def targets(self) -> list[str]:
        return [request.url.target for request in self.requests]

    def body(self, index: int = -1) -> dict:
        return json.loads(self.requests[index].body)
