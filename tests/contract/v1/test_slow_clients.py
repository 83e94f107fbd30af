"""Clients that owe something and do not give it: a body, a key, or a look at their answer. On real sockets."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.test_faults import chunk
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.faces.connection_limits import ConnectionLimits

SECRET = "sk-aaaaaaaaaaaaaaaaaaaaaaaa"
ASK = json.dumps({"model": "up", "messages": [{"role": "user", "content": "hello"}]}).encode()
LIMITS = ConnectionLimits(body_seconds=0.3, reader_seconds=0.6, strangers_per_address=8)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entries = [
        configuration("up", "openai", model="m", base_url=upstream.url, api_key=SECRET),
        configuration("demo", "demo", model="demo-chat"),
    ]
    with CallServer(entries, limits=LIMITS).serve() as running:
        yield running


def connect(bare: CallServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", bare.port), timeout=20)


def head(length: int, *, key: str = KEY, version: str = "1.1", more: str = "") -> bytes:
    return (
        f"POST /v1/chat/completions HTTP/{version}\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
        f"content-length: {length}\r\n{more}\r\n"
    ).encode()


def everything(client: socket.socket) -> bytes:
    text = b""
    with suppress(ConnectionResetError):
        while piece := client.recv(65536):
            text += piece
    return text


def test_a_body_that_never_begins(bare: CallServer) -> None:
    with connect(bare) as client:
        client.sendall(head(100))
        assert everything(client).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_stops(bare: CallServer) -> None:
    with connect(bare) as client:
        client.sendall(head(10_000) + b'{"model"')
        assert everything(client).startswith(b"HTTP/1.1 408 ")


def test_without_a_key_nobody_waits_for_the_body(bare: CallServer) -> None:
    with connect(bare) as client:
        client.sendall(head(1 << 20, key="tl-wrong"))
        assert client.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_half_requests_leave_room_for_whole_ones(bare: CallServer) -> None:
    half = [connect(bare) for _ in range(LIMITS.strangers_per_address)]
    for client in half:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n")
    with connect(bare) as client:
        body = ASK.replace(b'"up"', b'"demo"')
        client.sendall(head(len(body), more="connection: close\r\n") + body)
        assert everything(client).startswith(b"HTTP/1.1 200 ")
    assert everything(half[0]) == b"", "the oldest made room"
    for client in half:
        client.close()


def test_known_connections_do_not_count(bare: CallServer) -> None:
    body = ASK.replace(b'"up"', b'"demo"')
    known: list[socket.socket] = []
    for _ in range(3 * LIMITS.strangers_per_address):
        client = connect(bare)
        known.append(client)
        client.sendall(head(len(body)) + body)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    for client in known:
        client.sendall(head(len(body)) + body)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        client.close()


def test_who_does_not_read_a_stream_is_cut_and_the_call_settled(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = stream(*[chunk("x" * 60_000)] * 400, end="never")
    upstream.hung_up.clear()
    body = ASK[:-1] + b', "stream": true}'
    with connect(bare) as client:
        client.sendall(head(len(body), more="x-request-id: lazy\r\n") + body)
        assert bare.books.last("lazy").outcome == "cancelled"
        assert upstream.hung_up.wait(10), "the provider was left running"


def test_who_does_not_read_a_whole_answer_is_cut(bare: CallServer, upstream: Scripted) -> None:
    answer = {"choices": [{"message": {"role": "assistant", "content": "x" * 12_000_000}, "finish_reason": "stop"}]}
    upstream.script = whole(json.dumps(answer).encode())
    with connect(bare) as client:
        client.sendall(head(len(ASK), more="x-request-id: lazy-too\r\n") + ASK)
        bare.books.last("lazy-too")
        # Nothing was read for longer than is borne: what is left is what the system held, and no end.
        poll = select.poll()
        poll.register(client, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        assert poll.poll(20_000), "the connection stayed open"


def test_a_large_answer_arrives_whole(bare: CallServer, upstream: Scripted) -> None:
    answer = {"choices": [{"message": {"role": "assistant", "content": "x" * 3_000_000}, "finish_reason": "stop"}]}
    upstream.script = whole(json.dumps(answer).encode())
    with connect(bare) as client:
        client.sendall(head(len(ASK), more="connection: close\r\n") + ASK)
        _, _, body = everything(client).partition(b"\r\n\r\n")
    assert json.loads(body)["choices"] == answer["choices"]


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /v1/models HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /v1/models HTTP/2.0\r\nhost: a\r\n\r\n", b"505"),
        (b"POST /v1/chat/completions HTTP/2.0\r\nhost: a\r\ncontent-length: 0\r\n\r\n", b"505"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400"),
        (b"GET /v1/models HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", b"400"),
        (b"POST /v1/embeddings HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"501"),
        (b"POST /v1/embeddings HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (b"POST /v1/embeddings HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n", b"400"),
    ],
)
def test_doubtful_heads_are_refused_and_the_connection_ends(
    bare: CallServer, request_head: bytes, status: bytes
) -> None:
    with connect(bare) as client:
        client.sendall(request_head)
        assert everything(client).split(b" ")[1] == status


@pytest.mark.parametrize("streamed", [False, True])
def test_the_older_version_gets_no_chunks(bare: CallServer, streamed: bool) -> None:
    body = json.dumps({**json.loads(ASK), "model": "demo", "stream": streamed}).encode()
    with connect(bare) as client:
        client.sendall(head(len(body), version="1.0") + body)
        answer_head, _, answer = everything(client).partition(b"\r\n\r\n")
    assert answer_head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in answer_head.lower()
    if streamed:
        assert answer.startswith(b"data: ")
        assert answer.endswith(b"data: [DONE]\n\n")
    else:
        assert json.loads(answer)["choices"]
