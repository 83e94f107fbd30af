"""Embeddings calls that come at nearly the same time, sent to their provider as one.

Opt-in for each configuration (``coalesceEmbeddings``). Only calls that differ in nothing but their inputs are merged.
Each stays a call of its own: with its gates, its place in the books and its share of the usage.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, cast

import msgspec

from trunkline.core.errors import UpstreamError
from trunkline.gateway.estimate import text_tokens
from trunkline.gateway.routing.embeddings_batch import EmbeddingsBatch, read_batch, split_answer, write_merged
from trunkline.outbound import IncomingResponse, OutgoingRequest, Timeouts, Transport
from trunkline.outbound.headers import Headers
from trunkline.outbound.timing import Timing
from trunkline.outbound.transport import ResponseHeaders

PARAMETER: Final = "coalesceEmbeddings"
"""The setting of a configuration."""

WAIT_SECONDS: Final = 0.005
MOST_INPUTS: Final = 100
"""Of a merged call: the least that any provider takes (Gemini)."""

MOST_TOKENS: Final = 100_000
_SPOILT: Final = frozenset({400, 413, 422})
"""What one call may have spoilt for the others: then each is asked by itself."""

_OF_THE_BODY: Final = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_DEFAULT: Final = Timeouts()


class _Group:
    """Calls that will be sent together."""

    def __init__(self, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self.calls: list[tuple[OutgoingRequest, EmbeddingsBatch, asyncio.Future[IncomingResponse]]] = []
        self.inputs = 0
        self.tokens = 0

    def fits(self, inputs: int, tokens: int) -> bool:
        return self.inputs + inputs <= MOST_INPUTS and self.tokens + tokens <= MOST_TOKENS


class CoalescingTransport:
    """Implements :class:`~trunkline.outbound.Transport` over another one."""

    def __init__(self, transport: Transport, *, wait: float = WAIT_SECONDS) -> None:
        self._transport = transport
        self._wait = wait
        self._groups: dict[object, _Group] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = _DEFAULT) -> IncomingResponse:
        """See the protocol. What is no call for embeddings is sent as it is."""
        batch = read_batch(request.url.target, request.body)
        if batch is None:
            return await self._transport.send(request, timeouts)
        key = (request.url.target, tuple(request.headers), batch.form, batch.rest)
        tokens = sum(weigh(one) for one in batch.inputs)
        group = self._groups.get(key)
        if group is not None and not group.fits(len(batch.inputs), tokens):
            self._dispatch(key, group)
            group = None
        loop = asyncio.get_running_loop()
        if group is None:
            group = self._groups[key] = _Group(timeouts)
            loop.call_later(self._wait, self._dispatch, key, group)
        answer: asyncio.Future[IncomingResponse] = loop.create_future()
        group.calls.append((request, batch, answer))
        group.inputs += len(batch.inputs)
        group.tokens += tokens
        return await answer

    def _dispatch(self, key: object, group: _Group) -> None:
        if self._groups.get(key) is group:
            del self._groups[key]
        elif not group.calls:
            return
        calls, group.calls = [one for one in group.calls if not one[2].done()], []
        if calls:
            task = asyncio.ensure_future(self._send(calls, group.timeouts))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(
        self,
        calls: Sequence[tuple[OutgoingRequest, EmbeddingsBatch, asyncio.Future[IncomingResponse]]],
        timeouts: Timeouts,
    ) -> None:
        if len(calls) == 1:
            await self._send_alone(*calls[0], timeouts)
            return
        batches = [batch for _, batch, _ in calls]
        merged = msgspec.structs.replace(calls[0][0], body=write_merged(batches))
        try:
            response = await self._transport.send(merged, timeouts)
            body = await response.read()
        except UpstreamError as error:
            for _, _, answer in calls:
                # Whoever hears of it adds to it.
                _fail(answer, _make_again(error))
            return
        except BaseException as error:
            for _, _, answer in calls:
                _fail(answer, error)
            raise
        shares = split_answer(batches, body, weigh) if response.status < 300 else None
        if shares is None and (response.status < 300 or response.status in _SPOILT):
            await asyncio.gather(*(self._send_alone(*call, timeouts) for call in calls))
            return
        for place, (_, _, answer) in enumerate(calls):
            if not answer.done():
                answer.set_result(_Share(response, body if shares is None else shares[place]))

    async def _send_alone(
        self,
        request: OutgoingRequest,
        batch: EmbeddingsBatch,
        answer: asyncio.Future[IncomingResponse],
        timeouts: Timeouts,
    ) -> None:
        del batch
        try:
            response = await self._transport.send(request, timeouts)
        except UpstreamError as error:
            _fail(answer, error)
            return
        except BaseException as error:
            _fail(answer, error)
            raise
        if answer.done():
            response.abort()
        else:
            answer.set_result(response)


class _Share:
    """The part of a merged answer that is one call's. Implements :class:`~trunkline.outbound.IncomingResponse`."""

    def __init__(self, whole: IncomingResponse, body: bytes) -> None:
        self.status = whole.status
        self.headers: ResponseHeaders = Headers.of(pair for pair in whole.headers if pair[0] not in _OF_THE_BODY)
        self.timing: Timing = whole.timing
        self.peer = whole.peer
        self._left = body

    async def next_chunk(self) -> bytes:
        left, self._left = self._left, b""
        return left

    async def flow(self, sink: Callable[[bytes], bool]) -> None:
        if self._left and sink(self._left):
            self._left = b""

    async def read(self, limit: int | None = None) -> bytes:
        del limit
        return await self.next_chunk()

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self._left = b""


def _fail(answer: asyncio.Future[IncomingResponse], error: BaseException) -> None:
    if answer.done():
        return
    if isinstance(error, Exception):
        answer.set_exception(error)
    else:
        answer.cancel()


def _make_again(error: UpstreamError) -> UpstreamError:
    return UpstreamError(
        error.message,
        kind=error.kind,
        provider=error.provider,
        status=error.status,
        detail=error.detail,
        retry_after=error.retry_after,
    )


def weigh(one: object) -> int:
    """About how many tokens an input has, at least 1."""
    if isinstance(one, str):
        return max(text_tokens(len(one)), 1)
    return (
        max(len(cast("list[object]", one)), 1)
        if isinstance(one, list)
        else max(text_tokens(len(msgspec.json.encode(one))), 1)
    )
