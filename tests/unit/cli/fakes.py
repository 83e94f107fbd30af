"""A server that is not there: answers given one after the other, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from trunkline.cli.api import Api
from trunkline.cli.credential import Credential
from trunkline.core.errors import TrunklineError
from trunkline.core.secret import Secret
from trunkline.outbound import Client, Headers, OutboundError, OutgoingRequest, Url


@dataclass
class Reply:
    """One answer: its status, its body in the pieces in which it comes, its headers."""

    status: int = 200
    pieces: Sequence[bytes] = ()
    fields: Iterable[tuple[str, str]] = ()
    aborted: bool = False
    _next: int = 0

    @property
    def headers(self) -> Headers:
        return Headers.of(self.fields)

    async def next_chunk(self) -> bytes:
        if self._next >= len(self.pieces):
            return b""
        self._next += 1
        return self.pieces[self._next - 1]

    async def read(self, limit: int | None = None) -> bytes:
        return b"".join(self.pieces)

    def abort(self) -> None:
        self.aborted = True


@dataclass
class Wire:
    """Stands for the client: gives the answers in their order."""

    answers: list[Reply | OutboundError]
    requests: list[OutgoingRequest] = field(default_factory=list)

    async def send(self, request: OutgoingRequest, timeouts: Any = None) -> Reply:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, OutboundError):
            raise answer
        return answer

    def api(self, workspace_id: str | None = None, credential: Credential | None = None) -> Api:
        """An API over this wire."""
        url = Url.parse("http://127.0.0.1:8700")
        return Api(url, cast("Client", self), credential or Bearer(), workspace_id)


class Bearer:
    """A credential that is always good."""

    async def token(self, path: str) -> Secret:
        return Secret("tl-test")

    async def give_way(self, path: str, refusal: TrunklineError) -> bool:
        return False

    def explain(self, path: str, refusal: Any) -> Any:
        return refusal
