"""kill -9 while the results of a batch are read: each of its calls is in the books once, and its results are whole."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from aiohttp import web  # noqa: TID251 - a server for tests

from tests.contract.batches.conftest import ask, write_lines
from tests.contract.batches.vendors import OpenAI, serve
from tests.e2e.server import Server, wait_for

LINES = 1_000
READ = 600
"""Results that have arrived when the server is killed: some are in the journal, some in neither place."""


class Slow(OpenAI):
    """Stops in the middle of the results as long as ``held`` is set; ``waiting`` tells that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.held = threading.Event()
        self.waiting = threading.Event()

    async def content(self, request: web.Request) -> web.StreamResponse:  # type: ignore[override]
        if not self.held.is_set():
            return await super().content(request)
        lines = self.files[request.match_info["id"]].splitlines(keepends=True)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"".join(lines[:READ]))
        self.waiting.set()
        while self.held.is_set():
            await asyncio.sleep(0.02)
        return response


@contextmanager
def running(vendor: OpenAI) -> Iterator[str]:
    """``vendor`` beside the test, which waits in its own thread."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def main() -> None:
        async with serve(vendor):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield vendor.url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@pytest.mark.timeout(300)
def test_a_kill_while_results_are_read_loses_and_doubles_nothing(tmp_path: Path) -> None:
    server, vendor = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_BATCH_POLL_SECONDS="0.2"), Slow()
    with running(vendor) as url:
        server.start()
        server.sign_in()
        fields = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "baseUrl": f"{url}/v1"}
        status, made = server.ask("POST", "/api/configurations", {**fields, "apiKey": "sk-proj-1234567890abcdefghijkl"})
        assert status == 201, made
        lines = [json.loads(line) for line in write_lines([ask("hello", "mini")] * LINES).splitlines()]
        requests = tmp_path / "requests.jsonl"
        requests.write_text("".join(json.dumps(line) + "\n" for line in lines))
        batch_id = begin(server, requests)
        vendor.held.set()
        vendor.finish()
        assert vendor.waiting.wait(30)
        # As long as nothing else comes, what has come is written down.
        wait_for(lambda: server.rows("SELECT count(*) FROM usage_events")[0][0] >= READ // 2)
        server.kill()
        vendor.held.clear()
        server.start()
        ended = wait_for(lambda: _find_ended(server, batch_id), 60)
        assert ended["status"] == "completed"
        assert ended["request_counts"] == {"total": LINES, "completed": LINES, "failed": 0}
        wait_for(lambda: server.rows("SELECT count(*) FROM usage_events")[0][0] >= LINES)
        server.stop()
    (found,) = server.rows("SELECT count(*), count(DISTINCT id), sum(cost_nanos) FROM usage_events")
    assert found == (LINES, LINES, LINES * 105_000)
    # A worker serves these; management writes them down.
    steps = "SELECT action, request_id IS NOT NULL, address FROM audit_events WHERE action LIKE '%es.%' ORDER BY id"
    noted = [row for row in server.rows(steps) if row[0].partition(".")[0] in {"files", "batches"}]
    assert noted == [("files.create", 1, "127.0.0.1"), ("batches.create", 1, "127.0.0.1")]


def begin(server: Server, requests: Path) -> str:
    boundary = "a-boundary"
    form = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="r.jsonl"\r\n\r\n'
        f"{requests.read_text()}\r\n--{boundary}--\r\n"
    )
    headers = {"authorization": f"Bearer {server.token}", "content-type": f"multipart/form-data; boundary={boundary}"}
    answer = httpx2.post(f"{server.url}/v1/files", content=form.encode(), headers=headers, trust_env=False)
    file = answer.json()
    assert answer.status_code == 200, file
    order = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    status, batch = server.ask("POST", "/v1/batches", order)
    assert status == 200, batch
    return batch["id"]


def _find_ended(server: Server, batch_id: str) -> dict[str, object] | None:
    status, batch = server.ask("GET", f"/v1/batches/{batch_id}")
    return batch if status == 200 and batch["status"] != "in_progress" else None
