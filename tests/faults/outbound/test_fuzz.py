"""Answers cut anywhere and changed anywhere: the client must end with an answer or with one of its own errors.

No call may hang (every wait is bounded by short timeouts and by the server closing), crash, or hold much memory.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trunkline.outbound import Client, Guard, Limits, LocalUpstreams, OutboundError, OutgoingRequest, Timeouts, Url

EVENTS = b"".join(b'data: {"choices":[{"delta":{"content":"word %d"}}]}\n\n' % number for number in range(20))


def chunked(data: bytes, size: int) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


ANSWERS: dict[bytes, bytes] = {
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(EVENTS), EVENTS): EVENTS,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(EVENTS, 37): EVENTS,
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    + chunked(gzip.compress(EVENTS), 50): EVENTS,
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok": b"ok",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end": b"until the end",
    b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy": b"busy",
}
SHORT = Timeouts(connect=5, first_byte=5, between=5, total=10)
SPECIAL = [
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b":",
    b";",
    b"0",
    b"-1",
    b"ffffffffffffffff",
    b"\xff",
    b" ",
    b"HTTP/1.1 ",
    b"100",
]

fuzz = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def cut(data: bytes, positions: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted({position % (len(data) + 1) for position in positions}), len(data)]
    return [data[start:end] for start, end in pairwise(edges) if start < end]


async def ask(pieces: Sequence[bytes]) -> bytes:
    """What the client makes of a server that sends ``pieces`` and closes; the connection is asked twice."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    client = Client(Guard(LocalUpstreams(loopback=True)), limits=Limits(body_bytes=1_000_000))
    try:
        response = await client.send(OutgoingRequest("GET", Url.parse(f"http://127.0.0.1:{port}/")), SHORT)
        return await response.read()
    finally:
        await client.close()
        server.close()


@fuzz
@given(st.sampled_from(list(ANSWERS)), st.lists(st.integers(0, 5000), max_size=12))
async def test_pieces_of_any_size_are_the_same_answer(answer: bytes, positions: list[int]) -> None:
    assert await ask(cut(answer, positions)) == ANSWERS[answer]


@fuzz
@given(st.sampled_from([answer for answer in ANSWERS if b"close" not in answer]), st.integers(0, 5000))
async def test_an_answer_that_ends_early_is_an_error_at_every_position(answer: bytes, position: int) -> None:
    with pytest.raises(OutboundError):
        await ask([answer[: position % len(answer)]])


@settings(parent=fuzz, max_examples=400)
@given(
    st.sampled_from(list(ANSWERS)),
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, 6), st.sampled_from(SPECIAL) | st.binary(max_size=6)),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.integers(0, 5000), max_size=3),
)
@example(next(iter(ANSWERS)), [(0, 5000, b"")], [])
async def test_a_changed_answer_is_an_answer_or_an_error(
    answer: bytes, changes: list[tuple[int, int, bytes]], positions: list[int]
) -> None:
    for position, length, replacement in changes:
        start = position % (len(answer) + 1)
        answer = answer[:start] + replacement + answer[start + length :]
    outcome = (await asyncio.gather(ask(cut(answer, positions)), return_exceptions=True))[0]
    if isinstance(outcome, OutboundError):
        assert outcome.message
        assert outcome.kind in ("unreachable", "malformed", "too_large")
    else:
        assert isinstance(outcome, bytes)
        assert len(outcome) <= 1_000_000


@fuzz
@given(st.binary(max_size=200))
async def test_noise_is_an_error(noise: bytes) -> None:
    with pytest.raises(OutboundError):
        await ask([noise])
