"""Callers without a pause, and what the books must say of them afterwards."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from tests.e2e.server import Server, wait_for

CALLERS = 8


class Caller(threading.Thread):
    """Calls without a pause, streamed and whole in turn, and remembers what was acknowledged."""

    def __init__(self, server: Server, key: str, number: int, model: str) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.key = key
        self.number = number
        self.model = model
        self.acknowledged: dict[str, int] = {}
        self.failed: list[str] = []
        self.stop = threading.Event()
        self.pause = 0.0
        """Seconds after each call."""

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            request_id = f"caller-{self.number}-{count}"
            try:
                tokens = self.call(request_id, streamed=count % 2 == 0)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.failed.append(f"{request_id}: {error!r}")
                self.stop.wait(0.01)
                continue
            if tokens is not None:
                self.acknowledged[request_id] = tokens
            else:
                self.failed.append(f"{request_id}: was refused or cut short")
            self.stop.wait(self.pause)

    def call(self, request_id: str, *, streamed: bool) -> int | None:
        """The output tokens that the answer tells; None when it is not complete."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": f"Question {request_id}"}],
            "max_tokens": 5,
            "stream": streamed,
            "stream_options": {"include_usage": True} if streamed else None,
        }
        headers = {"authorization": f"Bearer {self.key}", "x-request-id": request_id}
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode()
            if response.status != 200:
                return None
            if not streamed:
                return json.loads(text)["usage"]["completion_tokens"]
            events = [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]
            if events[-1:] != ["[DONE]"]:
                return None
            return json.loads(events[-2])["usage"]["completion_tokens"]
        finally:
            connection.close()


@contextmanager
def calling(server: Server, key: str, model: str = "demo", *, first: int = 0) -> Generator[Sequence[Caller]]:
    """Callers, until the block ends, with numbers from ``first`` on, by which their requests are called."""
    callers = [Caller(server, key, number, model) for number in range(first, first + CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield callers
    finally:
        for caller in callers:
            caller.stop.set()
        for caller in callers:
            caller.join(30)


def wait_for_more(callers: Sequence[Caller], count: int) -> None:
    """Until so many further calls were acknowledged."""
    seen = sum(len(caller.acknowledged) for caller in callers)
    wait_for(lambda: sum(len(caller.acknowledged) for caller in callers) >= seen + count)


def check_books(server: Server, callers: Sequence[Caller]) -> int:
    """Each acknowledged call is in the database once, with its tokens, and in the sums. Gives how many there were."""
    acknowledged = {name: tokens for caller in callers for name, tokens in caller.acknowledged.items()}

    def settled() -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, tokens in server.rows("SELECT request_id, output_tokens FROM usage_events WHERE outcome = 'ok'"):
            found.setdefault(name, []).append(tokens)
        return found if acknowledged.keys() <= found.keys() else {}

    found = wait_for(settled)
    assert {name: found[name] for name in acknowledged} == {name: [tokens] for name, tokens in acknowledged.items()}
    # The hourly sums say what the events say.
    events = server.rows("SELECT count(*), sum(output_tokens), sum(cost_nanos) FROM usage_events")[0]
    sums = server.rows(
        "SELECT sum(request_count), sum(output_tokens), sum(cost_nanos) FROM usage_sums"
        " WHERE grain = 15 AND group_id = 0"
    )[0]
    assert events == sums
    return len(acknowledged)
