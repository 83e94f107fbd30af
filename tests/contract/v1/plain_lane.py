"""One gateway with plain calls served without a task, and one without that, and what both answer to the same bytes."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from random import Random
from typing import Any, NamedTuple, cast

import msgspec

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.e2e.server import wait_for
from tests.upstreams import scripted
from trunkline.core.errors import TooMany
from trunkline.core.strategy import Strategy
from trunkline.faces.server import GatewayProtocol
from trunkline.faces.v1.plain_protocol import PlainProtocol
from trunkline.gateway.gates.gate import Gate
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.gates.pending_call import PendingCall

WHOLE = (
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":21,"completion_tokens":9,"total_tokens":30}}'
)


def answer(body: bytes = WHOLE, status: str = "200 OK", *more: str, length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *more]
    if length:
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "\r\n"]).encode() + body
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return "\r\n".join([*lines, "Transfer-Encoding: chunked", "\r\n"]).encode() + chunk


def edited(**fields: Any) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(WHOLE), **fields})


CALLING = edited(
    choices=[
        {
            "index": 0,
            "message": {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
            "finish_reason": "tool_calls",
        }
    ]
)
LIMITED = (
    "x-ratelimit-limit-requests: 100",
    "x-ratelimit-remaining-requests: 99",
    "x-ratelimit-reset-requests: 1s",
)
ANSWERS: dict[str, Sequence[bytes]] = {
    "whole": [answer()],
    "chunked": [answer(length=False)],
    "rate limits": [answer(WHOLE, "200 OK", *LIMITED)],
    "gzip": [answer(gzip.compress(WHOLE), "200 OK", "Content-Encoding: gzip")],
    "large": [answer(edited(padding="x" * 5000))],
    "huge": [answer(edited(padding="x" * 200_000))],
    "no usage": [answer(edited(usage=None))],
    "zero usage": [answer(edited(usage={"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}))],
    "absurd usage": [answer(edited(usage={"prompt_tokens": 2**63 - 1, "completion_tokens": 1, "total_tokens": 2**63}))],
    "tier": [answer(edited(service_tier="flex"))],
    "calls without ids": [answer(CALLING)],
    "foreign finish": [answer(edited(choices=[{"index": 0, "message": {"content": "a"}, "finish_reason": "eos"}]))],
    "error within": [answer(b'{"error":{"message":"out of memory","code":500}}')],
    "no json": [answer(b"<html>")],
    "key within": [answer(edited(system_fingerprint="sk-secret-key-1234567890"))],
    "refused": [answer(b'{"error":{"message":"bad","type":"invalid_request_error","param":"x"}}', "400 Bad Request")],
    "limited": [answer(b'{"error":{"message":"slow down"}}', "429 Too Many Requests", "retry-after: 120")],
    "redirect": [answer(b"", "302 Found", "location: http://elsewhere/")],
    "again": [answer(b'{"error":{"message":"busy"}}', "503 Service Unavailable"), answer()],
    "interim": [b"HTTP/1.1 100 Continue\r\n\r\n" + answer()],
    "last": [answer(WHOLE, "200 OK", "Connection: close")],
    "cut": [answer()[:-20], answer()],
    "cut head": [b"HTTP/1.1 2", answer()],
    "nothing": [b"", answer()],
    "malformed": [b"HTTP/9.9 what\r\n\r\n", answer()],
}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
HEADERS = {
    "named": ["X-Request-Id: mine-1"],
    "badly named": ["X-Request-Id: not good!"],
    "packed answer": ["Accept-Encoding: gzip, br, zstd"],
    "user": ["X-User-Id: ada"],
    "another key": ["x-api-key: tl-other"],
    "the same key twice": [f"x-api-key: {KEY}"],
    "close": ["Connection: close"],
    "page": ["Origin: https://example.com"],
    "workspace": ["X-Trunkline-Workspace: w-1"],
    "wrong workspace": ["X-Trunkline-Workspace: w-2"],
    "two hosts": ["Host: other"],
    "expect": ["Expect: 100-continue"],
    "beta": ["anthropic-beta: x"],
    "trace": [f"traceparent: {TRACE}", "tracestate: a=b"],
}


class Seen(NamedTuple):
    """What one call led to."""

    client: bytes
    provider: list[tuple[str, dict[str, str], bytes]]
    books: list[dict[str, Any]]
    counters: list[Any]


class Lane:
    """A gateway, and the provider behind it. ``usual`` is an answer of that."""

    def __init__(
        self, bare: CallServer, upstream: scripted.Scripted, gate: PlaceGate, usual: bytes | None = None
    ) -> None:
        self.bare = bare
        self.gate = gate
        self.upstream = upstream
        self.usual = usual or answer()

    def call(self, pieces: Sequence[bytes], answers: Sequence[bytes], count: int = 1) -> Seen:
        """Send ``pieces`` on a connection whose provider's connection is warm; what came of it."""
        self._play([self.usual])
        with socket.create_connection(("127.0.0.1", self.bare.port)) as client:
            client.settimeout(20)
            client.sendall(request())
            reader = Reader(client)
            reader.answer()
            self._settled(1)
            for known in (self.upstream.asked, self.bare.books.opened, self.bare.books.events):
                known.clear()
            self.bare.calls.counters.totals.clear()
            self._play(answers)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                client.sendall(piece)
            told = b"".join(reader.answer() for _ in range(count))
        self._settled(len(self.bare.books.opened))
        return Seen(
            told,
            [(asked.line, asked.headers, asked.body) for asked in self.upstream.asked],
            [plain_event(event) for event in self.bare.books.events],
            [
                (labels, totals.calls, totals.retries, totals.input_tokens, totals.cost_nanos)
                for labels, totals in sorted(self.bare.calls.counters.totals.items())
            ],
        )

    def _settled(self, count: int) -> None:
        with self.bare.books.settled:
            assert self.bare.books.settled.wait_for(lambda: len(self.bare.books.events) >= count, 10)

    def _play(self, answers: Sequence[bytes]) -> None:
        left = list(answers)

        async def script(writer: asyncio.StreamWriter) -> None:
            written = left.pop(0) if len(left) > 1 else left[0]
            writer.write(written)
            await writer.drain()
            if written != self.usual and (not written.endswith(b"}") or b"close" in written):
                writer.close()

        self.upstream.script = script


def request(body: bytes = b'{"model": "gpt", "messages": [{"role": "user", "content": "Hi"}]}', *more: str) -> bytes:
    lines = ["POST /v1/chat/completions HTTP/1.1", "Host: trunkline", f"Authorization: Bearer {KEY}", *more]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "\r\n"]).encode() + body


class Reader:
    """Answers on one connection, with what differs from call to call taken out."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._data = b""

    def _more(self) -> bool:
        piece = self._client.recv(65536)
        self._data += piece
        return bool(piece)

    def _take(self, size: int) -> bytes:
        while len(self._data) < size and self._more():
            pass
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def _until(self, end: bytes) -> bytes:
        while end not in self._data and self._more():
            pass
        return self._take(self._data.find(end) + len(end) if end in self._data else len(self._data))

    def answer(self) -> bytes:
        """The next one, and an interim one before it."""
        head = self._until(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100 "):
            return head + self.answer()
        sized = re.search(rb"content-length: (\d+)", head)
        body = self._take(int(sized[1])) if sized is not None else self._until(b"0\r\n\r\n")
        head = re.sub(rb"\r\ndate: [^\r]*", b"", head)
        head = re.sub(rb"(x-request-id: )[0-9a-f-]{36}", rb"\1-", head)
        body = re.sub(rb'"id":"call_[^"]*"', b'"id":"call"', body)
        body = re.sub(rb"127.0.0.1:\d+", b"-", body)
        body = re.sub(rb'"created":\d{10}', b'"created":0', body)
        return head + re.sub(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}", b"-", body)


_DIFFERING = frozenset({"id", "opened_at", "request_id", "duration_us", "first_token_us"})


def plain_event(event: Any) -> dict[str, Any]:
    """A record without what differs from call to call."""
    told = msgspec.to_builtins(event)
    for attempt in told.get("attempts", ()):
        for name in ("began_us", "duration_us", "waited_us"):
            attempt.pop(name, None)
        attempt["reason"] = re.sub(r"127.0.0.1:\d+", "-", attempt["reason"])
    return {name: value for name, value in told.items() if name not in _DIFFERING}


def start(
    *,
    gated: bool,
    provider: str = "openai",
    model: str = "gpt-4o-mini",
    path: str = "/v1",
    usual: bytes | None = None,
    strategy: Strategy | None = None,
) -> Iterator[tuple[Lane, Lane]]:
    """Both, before a provider which answers as ``usual`` says.

    With ``strategy`` their model is a route to two configurations: of ``model``, and of gpt-4o.
    """
    with ExitStack() as stack:
        made: list[Lane] = []
        for protocol in (PlainProtocol, GatewayProtocol):
            upstream = stack.enter_context(scripted.start())
            gate = PlaceGate()
            models = {"gpt": model} if strategy is None else {"first": model, "second": "gpt-4o"}
            entries = [
                configuration(
                    name,
                    provider,
                    model=each,
                    base_url=f"{upstream.url}{path}",
                    api_key="sk-secret-key-1234567890",
                    shared=True,
                )
                for name, each in models.items()
            ]
            bare = CallServer(
                entries,
                routes=[] if strategy is None else [route("gpt", *models, strategy=strategy)],
                random=Random(7),
                protocol=protocol,
                gates=cast("tuple[Gate, ...]", (gate,) if gated else ()),
            )
            made.append(Lane(stack.enter_context(bare.serve()), upstream, gate, usual))
        yield made[0], made[1]
        for lane in made:
            load = lane.bare.application.plain_lane.load
            wait_for(lambda load=load: (load.calls, load.bytes) == (0, 0))


def same(lanes: tuple[Lane, Lane], pieces: Sequence[bytes], answers: Sequence[bytes], count: int = 1) -> Seen:
    plain, general = (lane.call(pieces, answers, count) for lane in lanes)
    port = lanes[0].upstream.url.rpartition(":")[2], lanes[1].upstream.url.rpartition(":")[2]
    for _, headers, _ in (*plain.provider, *general.provider):
        headers["host"] = headers["host"].replace(port[0], "-").replace(port[1], "-")
    assert plain == general
    return plain


def hang_up(lane: Lane) -> None:
    """Call, and go away before the provider says anything."""
    lane.call([request()], [lane.usual])
    lane.bare.books.events.clear()

    async def wait(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    lane.upstream.script = wait
    lane.upstream.hung_up.clear()
    before = len(lane.upstream.asked)
    with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
        client.sendall(request())
        while len(lane.upstream.asked) == before:
            pass
    assert lane.upstream.hung_up.wait(10)


class Place:
    """What the gate below holds for a call."""

    def __init__(self, gate: PlaceGate) -> None:
        self.gate = gate

    def settle(self, event: Any) -> None:
        self.gate.ended.append((event.outcome, event.cost_nanos))

    def void(self) -> None:
        self.gate.ended.append(("void", None))


class PlaceGate:
    """Lets calls in while there are places. ``waits``: it cannot say so at once; ``now``: how often it was to."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.places = True
        self.waits = False
        self.fault: Exception | None = None
        self.now = 0
        self.lease = "l-1"
        self.ended: list[tuple[str, int | None]] = []

    def concerns(self, *_: object) -> bool:
        return True

    async def enter(self, call: PendingCall) -> None:
        call.headers.append(self._tell())
        self._take(call)

    async def admit(self, call: PendingCall, *_: object) -> None:
        call.headers.append((b"x-admitted", b"yes"))

    def bind(self, *_: object) -> Callable[[ImmediateCall], bool]:
        return self._admit_now

    def _admit_now(self, call: ImmediateCall) -> bool:
        self.now += 1
        call.lines += b"%b: %b\r\n" % self._tell()
        self._take(call)
        call.lines += b"x-admitted: yes\r\n"
        return not self.waits

    def _tell(self) -> tuple[bytes, bytes]:
        return b"x-places", b"%d" % self.places

    def _take(self, call: PendingCall | ImmediateCall) -> None:
        if not self.places:
            raise TooMany("No place is left.", retry_after=7)
        call.holds[self] = Place(self)
        call.leases, call.held_nanos = {"b-1": self.lease}, 200_000
        if self.fault is not None:
            raise self.fault
