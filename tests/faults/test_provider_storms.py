"""Many calls along a route while a provider fails in every way, over real connections."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import Script, Scripted, in_turn, silence, slam, stream, whole
from trunkline.core.hedging import Hedging
from trunkline.outbound import Timeouts

CALLS = 200
AT_ONCE = 8
GOOD = json.dumps(
    {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()  # fmt: skip
PIECES = (
    (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
        b'{"role":"assistant","content":"hi"},"finish_reason":null}]}\n\n'
    ),
    (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},'
        b'"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n'
    ),
    b"data: [DONE]\n\n",
)


def fails(status: str, more: str = "") -> Script:
    return whole(b'{"error":{"message":"no"}}', status=status, more=more)


async def cut(writer: asyncio.StreamWriter) -> None:
    """Break off in the middle of a whole answer."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n" + GOOD[:40])
    await writer.drain()
    writer.close()


async def drip(writer: asyncio.StreamWriter) -> None:
    """One byte of the head, and never another one."""
    writer.write(b"H")
    await writer.drain()
    await asyncio.Event().wait()


async def drip_on(writer: asyncio.StreamWriter) -> None:
    """A head that comes byte by byte, and never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not writer.is_closing():
        writer.write(b"z")
        await writer.drain()
        await asyncio.sleep(0.05)


STORMS: dict[str, Script] = {
    "latency": silence,
    "reset": slam,
    "cut": cut,
    "drip": drip,
    "slow drip": drip_on,
    "429": fails("429 Too Many Requests"),
    "429 that says when": fails("429 Too Many Requests", "retry-after: 1\r\n"),
    "500": fails("500 Internal Server Error"),
    "503": fails("503 Service Unavailable"),
    "529": fails("529 Overloaded"),
    "401": fails("401 Unauthorized"),
    "every other": in_turn(*([fails("500 Internal Server Error"), whole(GOOD)] * CALLS)),
}


@pytest.fixture
def upstreams() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted.start() as bad, scripted.start() as good:
        yield bad, good


def serve(upstreams: tuple[Scripted, Scripted], strategy: str) -> CallServer:
    there = [
        configuration(name, "openai", model="m", base_url=each.url, api_key="k" * 20, shared=True)
        for name, each in zip(("bad", "good"), upstreams, strict=True)
    ]
    timeouts = Timeouts(connect=5, first_byte=1, between=1, total=6)
    return CallServer(there, routes=[route("r", "bad", "good", strategy=strategy)], timeouts=timeouts)


async def storm(bare: CallServer, *, streamed: bool) -> tuple[int, float]:
    """How many calls went well, and how many seconds all of them took."""
    body = {"model": "r", "messages": [{"role": "user", "content": "hello"}], "stream": streamed}
    headers = {"Authorization": f"Bearer {KEY}"}
    url = f"{bare.url}/v1/chat/completions"
    left, well, since = iter(range(CALLS)), 0, time.monotonic()

    async def client(wire: httpx2.AsyncClient) -> None:
        nonlocal well
        for _ in left:
            answer = await wire.post(url, json=body, headers=headers)
            well += answer.status_code == 200 and "hi" in answer.text and '"error"' not in answer.text

    async with httpx2.AsyncClient(timeout=60, trust_env=False) as wire:
        await asyncio.gather(*(client(wire) for _ in range(AT_ONCE)))
    return well, time.monotonic() - since


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", STORMS)
async def test_one_that_is_well_serves_nearly_all_and_nothing_is_amplified(
    upstreams: tuple[Scripted, Scripted], name: str, streamed: bool
) -> None:
    bad, good = upstreams
    bad.script = STORMS[name]
    if name == "every other" and streamed:
        bad.script = in_turn(*([fails("500 Internal Server Error"), stream(*PIECES)] * CALLS))
    good.script = stream(*PIECES) if streamed else whole(GOOD)
    with serve(upstreams, "round-robin").serve() as bare:
        well, seconds = await storm(bare, streamed=streamed)
        events = list(bare.books.events)
    assert well >= 0.99 * CALLS
    assert len(bad.asked) + len(good.asked) <= 1.2 * CALLS + 10 * (seconds + 1)
    assert len(events) == CALLS, "each call stands in the books once"


async def test_after_the_first_byte_a_storm_is_told_to_the_client_and_nothing_is_repeated(
    upstreams: tuple[Scripted, Scripted],
) -> None:
    bad, good = upstreams
    bad.script = good.script = stream(PIECES[0], end="cut")
    with serve(upstreams, "round-robin").serve() as bare:
        well, _ = await storm(bare, streamed=True)
        events = list(bare.books.events)
    assert well == 0
    # What breaks off counts against its target as well; those that rest are asked when nothing else is there.
    assert len(bad.asked) + len(good.asked) == CALLS
    assert {event.outcome for event in events} == {"error"}


def test_hedging_is_not_for_chats(upstreams: tuple[Scripted, Scripted]) -> None:
    bad, good = upstreams
    bad.script, good.script = whole(GOOD), whole(GOOD)
    there = [
        configuration(name, "openai", model="m", base_url=each.url, api_key="k" * 20, shared=True)
        for name, each in zip(("bad", "good"), upstreams, strict=True)
    ]
    routes = [route("r", "bad", "good", hedging=Hedging(after_ms=1))]
    with CallServer(there, routes=routes).serve() as bare:
        asyncio.run(storm(bare, streamed=False))
    assert good.asked == []
