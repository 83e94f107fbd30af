"""Clients that are slow with their request's head, or keep a connection and say nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from trunkline.faces.connection_limits import ConnectionLimits

ASK = b'{"model": "demo", "messages": [{"role": "user", "content": "hello"}]}'
REQUEST = (
    f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
    f"content-length: {len(ASK)}\r\n\r\n"
).encode() + ASK


@pytest.fixture(scope="module")
def bare() -> Iterator[CallServer]:
    with CallServer(
        [configuration("demo", "demo", model="demo-chat")], limits=ConnectionLimits(head_seconds=0.2), idle_seconds=1
    ).serve() as running:
        yield running


def connect(bare: CallServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", bare.port), timeout=20)


@pytest.mark.parametrize("begun", [b"", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-slow: "])
def test_half_open_heads_are_cut_off(bare: CallServer, begun: bytes) -> None:
    with connect(bare) as client:
        client.sendall(begun)
        with suppress(ConnectionResetError):
            assert client.recv(1) == b""


def answer(client: socket.socket) -> bytes:
    text = b""
    while b"\r\n\r\n" not in text:
        text += client.recv(65536)
    head, _, body = text.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += client.recv(65536)
    return head


def test_connections_are_kept_and_idle_ones_closed(bare: CallServer) -> None:
    with connect(bare) as client:
        for _ in range(3):
            client.sendall(REQUEST)
            assert answer(client).startswith(b"HTTP/1.1 200")
        assert client.recv(1) == b"", "an idle connection ends in good order"


def test_requests_that_are_sent_ahead_are_answered_in_order(bare: CallServer) -> None:
    with connect(bare) as client:
        client.sendall(REQUEST + REQUEST + b"GET /v1/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        text = b""
        while piece := client.recv(65536):
            text += piece
        assert [piece[1:4] for piece in text.split(b"HTTP/1.1")[1:]] == [b"200", b"200", b"401"]
