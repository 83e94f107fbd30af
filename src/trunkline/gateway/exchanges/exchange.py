"""One call of one kind, as the gateway runs it."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.chat import Usage
from trunkline.core.errors import UpstreamError
from trunkline.core.policy import Content
from trunkline.gateway.answer import Answer
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest


class Inspectable(Protocol):
    """What somebody wants to send."""

    def content(self) -> Content:
        """What is in it, for policies. Only called where one must look: it may read the whole body."""
        ...


class Exchange(Inspectable, Protocol):
    """One call of one kind (chat, embeddings): how it is written to a target, and how the answer is read."""

    model: str
    streams: bool

    @property
    def user(self) -> str | None:
        """Whom the caller serves, in its own words."""
        ...

    @property
    def pin(self) -> Pin | None:
        """The one configuration that can serve it, when it goes on from what its provider keeps."""
        ...

    def write(self, target: Target, model: str) -> OutgoingRequest:
        """The request for ``target``."""
        ...

    async def read(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        """The answer for the client; settles the call unless it relays."""
        ...

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        ...

    def estimate(self) -> Usage:
        """What a call that was cut off may have used."""
        ...
