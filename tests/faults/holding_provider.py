"""A provider that stands still in the middle of a call when it is told to, to see what becomes of the call."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Moment = Literal["dispatch", "mid-stream", "before the end"]
"""It has the request, and says nothing yet; it has begun to stream; it has said all but the end."""

USAGE = {"prompt_tokens": 20, "completion_tokens": 3, "total_tokens": 23}
_SECONDS = 60.0


class HeldCall:
    """A call that stands still until it is ``free``; ``said``: nothing is left to say.

    ``question`` is its last message, ``port`` that of who asks.
    """

    def __init__(self, question: str, port: int) -> None:
        self.question = question
        self.port = port
        self.free = threading.Event()
        self.said = threading.Event()


class HoldingProvider(ThreadingHTTPServer):
    """Speaks OpenAI's format."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self._wanted: Moment | None = None
        self._held: queue.SimpleQueue[HeldCall] = queue.SimpleQueue()
        self._deciding = threading.Lock()

    def hold(self, moment: Moment) -> None:
        """Hold the next call that gets so far. It goes on when it is set free."""
        with self._deciding:
            self._wanted = moment

    def take(self) -> HeldCall:
        """The call that is held, as soon as there is one."""
        return self._held.get(timeout=_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked was killed, which is what it is for."""

    def reach(self, moment: Moment, question: str, port: int) -> HeldCall | None:
        """A call got so far: it is held here if that is wanted."""
        with self._deciding:
            if self._wanted != moment:
                return None
            self._wanted = None
        held = HeldCall(question, port)
        self._held.put(held)
        held.free.wait(_SECONDS)
        return held


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HoldingProvider

    def do_POST(self) -> None:
        body: Any = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._question = body["messages"][-1]["content"]
        self._reach("dispatch")
        # Who asked may be gone.
        with contextlib.suppress(OSError):
            if body.get("stream"):
                self._stream()
            else:
                self._answer()

    def _answer(self) -> None:
        message = {"role": "assistant", "content": "Hello."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        text = json.dumps({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": USAGE}).encode()
        self._begin("application/json", f"content-length: {len(text)}", text[:-1])
        self._end(text[-1:])

    def _stream(self) -> None:
        pieces = [
            {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hel"}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {"content": "lo."}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": USAGE},
        ]
        first, second, *last = (
            _chunk(b"data: %b\n\n" % json.dumps({**_HEAD, "object": "chat.completion.chunk", **piece}).encode())
            for piece in pieces
        )
        self._begin("text/event-stream", "transfer-encoding: chunked", first)
        self._reach("mid-stream")
        self.wfile.write(second)
        self._end(b"".join(last) + _chunk(b"data: [DONE]\n\n") + _chunk(b""))

    def _begin(self, kind: str, length: str, first: bytes) -> None:
        self.wfile.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{length}\r\n\r\n".encode() + first)

    def _end(self, last: bytes) -> None:
        held = self._reach("before the end")
        self.wfile.write(last)
        if held is not None:
            held.said.set()

    def _reach(self, moment: Moment) -> HeldCall | None:
        return self.server.reach(moment, self._question, self.client_address[1])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Says nothing."""


_HEAD = {"id": "x", "created": 1, "model": "gpt-4o-mini"}


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@contextmanager
def holding_provider() -> Generator[HoldingProvider]:
    """One that runs until the block ends."""
    server = HoldingProvider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
