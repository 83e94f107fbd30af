"""A chat made ready for one target: what those that pass and those that are translated have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

from trunkline.core.chat import Usage
from trunkline.core.errors import UpstreamError
from trunkline.core.terms import Terms
from trunkline.gateway.answer import Answer, write_headers, write_stream_headers
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.exchanges.asked_chat import AskedChat
from trunkline.gateway.exchanges.chat_fit import ChatFit
from trunkline.gateway.relays.passthrough_relay import PassthroughRelay
from trunkline.gateway.relays.translated_relay import TranslatedRelay
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest


class PreparedChat(ABC):
    """Implements :class:`~trunkline.gateway.exchanges.exchange.Prepared` but for what is made of the answer.

    ``dropped`` names what of the caller's was left out; ``terms`` are those of the bill that the call asks for, by
    itself or by its configuration.
    """

    __slots__ = ("_chat", "_fit", "_target", "dropped", "request", "terms")

    terms: Terms

    def __init__(
        self, chat: AskedChat, target: Target, fit: ChatFit, request: OutgoingRequest, dropped: tuple[str, ...]
    ) -> None:
        self._chat = chat
        self._target = target
        self._fit = fit
        self.request = request
        self.dropped = dropped

    @abstractmethod
    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""

    @abstractmethod
    def read_whole(self, call: Call, raw: bytes) -> tuple[Usage, bool, bytes]:
        """What a whole answer used, whether that is a count of ours, and the answer as the client gets it.

        Raises UpstreamError for an answer that tells of an error. For chats whose answers are not kept.
        """

    @abstractmethod
    def count_input(self) -> int:
        """Our own count of the tokens of what is sent."""

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        return self._fit.theirs.read_error(response.status, body, response.headers)

    def estimate(self) -> Usage:
        """What a call that was cut off before its answer may have used: its input."""
        return Usage(input=self.count_input())

    def _counts(self) -> Estimate:
        """For one answer."""
        return Estimate(self._fit.family, self.count_input)

    async def _expect_stream(self, response: IncomingResponse) -> None:
        """Raises UpstreamError for an answer in one piece where a stream was asked for: its own error, if it is one."""
        kind = response.headers.get("content-type") or ""
        provider = self._target.provider
        if not ("html" in kind or (kind.startswith("application/json") and provider.dialect != "ollama")):
            return
        body = await response.read(1 << 20)
        try:
            self._fit.theirs.read_response(body)
        except UpstreamError as error:
            if error.kind != "malformed":
                raise
        told = self.read_error(response, body)
        raise UpstreamError(
            f"{provider.display_name} did not answer with a stream of events.",
            kind="malformed",
            provider=provider.id,
            status=response.status,
            detail=told.detail,
        )

    async def _start(self, call: Call, response: IncomingResponse, relay: PassthroughRelay | TranslatedRelay) -> Answer:
        """The answer that is relayed, once something of it has come."""
        try:
            await relay.start()
        except BaseException:
            # A cancellation as well: nobody will read the rest, and the provider should see that.
            response.abort()
            raise
        headers = write_headers(call, self._target, self.dropped)
        headers.extend(write_stream_headers(lines=self._chat.dialect.streams_lines, array=self._chat.writes_array))
        return Answer(200, headers, relay=relay)
