"""One call of one kind, as the gateway runs it."""

from __future__ import annotations

from typing import Final, Protocol

from trunkline.core.chat import Usage
from trunkline.core.errors import UpstreamError
from trunkline.core.policy import Content
from trunkline.gateway.answer import Answer
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest

ERROR_BODY_BYTES: Final = 1 << 20
"""How much is read of an answer with a bad status."""


class Inspectable(Protocol):
    """What somebody wants to send."""

    def content(self) -> Content:
        """What is in it, for policies. Only called where one must look: it may read the whole body."""
        ...

    def guess_tokens(self) -> int:
        """About how many tokens that is, by its characters alone: the ``input_tokens`` of its content."""
        ...


class Prepared(Protocol):
    """A call made ready for one target: what is sent there, and how the answer to just that is read.

    Never changes, so that it may be sent again, and one for another target may be made beside it.
    """

    @property
    def request(self) -> OutgoingRequest:
        """What is sent."""
        ...

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """The answer for the client, from a response with a good status; settles the call unless it relays.

        Raises UpstreamError as long as nothing has gone to the client, so that another attempt is possible.
        """
        ...

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        ...

    def estimate(self) -> Usage:
        """What a call that was cut off before its answer may have used: its input."""
        ...


class Exchange(Inspectable, Protocol):
    """One call of one kind (chat, embeddings), as its client sent it."""

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

    def bounded(self, tokens: int) -> Exchange:
        """The same call, each of whose answers has at most so many tokens; itself where that cannot be said."""
        ...

    def prepare(self, target: Target, model: str) -> Prepared:
        """The call for ``model`` at ``target``. Raises InvalidInput for what is wrong in it or cannot be said there."""
        ...
