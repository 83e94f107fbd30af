"""A call leaves no cycles behind: what it held is free when it ends, and not when the collector comes."""

from __future__ import annotations

import gc
import json
import socket
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.test_faults import chunk
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole

ANSWER = json.dumps(
    {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}]}
).encode()
MESSAGE = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "Hello."}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
).encode()
FAILURE = b'{"error":{"message":"The server had an error.","type":"server_error","code":null,"param":null}}'
CALLS = 6
"""The last of them may not be over yet when garbage is looked for."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    key = "sk-aaaaaaaaaaaaaaaaaaaa"
    entries = [
        configuration("up", "custom", model="m", base_url=upstream.url, api_key=key),
        configuration("other", "anthropic", model="claude-sonnet-4-20250514", base_url=upstream.url, api_key=key),
    ]
    with CallServer(entries).serve() as running:
        yield running


def ask(bare: CallServer, model: str, *, key: str = KEY, streamed: bool = False, hang_up: bool = False) -> None:
    """One call on a connection of its own, or two where it is kept: the second takes the short way."""
    body = json.dumps({"model": model, "stream": streamed, "messages": [{"role": "user", "content": "hi"}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
    with socket.create_connection(("127.0.0.1", bare.port), timeout=30) as client:
        for last in (False, True):
            more = "connection: close\r\n" if last else ""
            client.sendall(f"{head}{more}content-length: {len(body)}\r\n\r\n".encode() + body)
            while piece := client.recv(65536):
                if hang_up:
                    return
                if not last and piece.endswith((b"}", b"0\r\n\r\n")):
                    break


@contextmanager
def collecting() -> Generator[Counter[str]]:
    """What of ours is found by the collector alone, once the block has ended."""
    found: Counter[str] = Counter()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
    finally:
        gc.set_debug(0)
        kinds = [f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.garbage]
        gc.garbage.clear()
        gc.enable()
        gc.collect()
    found.update(kind for kind in kinds if kind.startswith(("trunkline.", "uvicorn.")))


@pytest.mark.parametrize("model", ["up", "other"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_call(bare: CallServer, upstream: Scripted, model: str, *, streamed: bool) -> None:
    upstream.script = whole(MESSAGE) if model == "other" else stream(*[chunk("x")] * 3) if streamed else whole(ANSWER)
    ask(bare, model, streamed=streamed)
    with collecting() as found:
        for _ in range(CALLS):
            ask(bare, model, streamed=streamed)
    assert not found


def test_a_client_that_hangs_up(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = stream(*[chunk("x")] * 3, end="never")
    ask(bare, "up", streamed=True, hang_up=True)
    with collecting() as found:
        for _ in range(CALLS):
            ask(bare, "up", streamed=True, hang_up=True)
    assert not found


@pytest.mark.parametrize(("model", "key"), [("nobody-knows", KEY), ("up", "tl-wrong")])
def test_a_mistake(bare: CallServer, model: str, key: str) -> None:
    with collecting() as found:
        for _ in range(CALLS):
            ask(bare, model, key=key)
    assert not found


def test_a_failure_of_the_provider(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(FAILURE, status="400 Bad Request")
    with collecting() as found:
        for _ in range(CALLS):
            ask(bare, "up")
    assert not found
