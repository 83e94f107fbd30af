"""A server that is asked to stop lets calls end that are under way, wherever each of them is."""

from __future__ import annotations

import asyncio
import signal
import threading
from pathlib import Path
from typing import get_args

import pytest

from tests.e2e.callers import Caller
from tests.e2e.server import Server, wait_for
from tests.faults.connection_owner import find_owner
from tests.faults.holding_provider import HeldCall, Moment, holding_provider
from tests.faults.streaming_provider import begin, configure, streaming_provider

STREAMS = 1_000
AT_ONCE = 100
"""Streams that are begun at a time: strangers from one address may have 512 connections."""


def test_nothing_is_cut_short(tmp_path: Path) -> None:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_DRAIN_SECONDS="60")
    with holding_provider() as provider:
        server.start()
        server.sign_in()
        body = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
        assert server.ask("POST", "/api/configurations", body)[0] == 201
        caller = Caller(server, server.make_key(), 0, "mini")
        told: dict[str, int | None] = {}
        calls: list[threading.Thread] = []
        held: list[HeldCall] = []

        def call(name: str, *, streamed: bool) -> None:
            told[name] = caller.call(name, streamed=streamed)

        for moment in get_args(Moment):
            for streamed in (True, False):
                if moment == "mid-stream" and not streamed:
                    continue
                name = f"{moment.replace(' ', '-')}-{streamed}"
                provider.hold(moment)
                calls.append(threading.Thread(target=call, args=(name,), kwargs={"streamed": streamed}))
                calls[-1].start()
                held.append(provider.take())
        assert server.process is not None
        worker = server.processes()["worker 0"]
        assert find_owner((server.port, 0), [worker]) == worker
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: find_owner((server.port, 0), [worker]) is None)
        assert told == {}, "it takes no more calls, and waits for these"
        for one in held:
            one.free.set()
        for each in calls:
            each.join(60)
        assert set(told.values()) == {3}
        assert server.process.wait(60) == 0
        rows = server.rows("SELECT request_id, outcome, output_tokens FROM usage_events")
        assert sorted(rows) == sorted((name, "ok", 3) for name in told)


@pytest.mark.timeout(300)
async def test_none_of_a_thousand_streams_is_cut_short(tmp_path: Path) -> None:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_DRAIN_SECONDS="120")
    async with streaming_provider() as provider:
        try:
            key = await asyncio.to_thread(configure, server, provider)
            names = [f"stream-{number}" for number in range(STREAMS)]
            places = asyncio.Semaphore(AT_ONCE)

            async def open_stream(name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                async with places:
                    return await begin(server, key, name)

            streams = await asyncio.gather(*(open_stream(name) for name in names))
            assert provider.begun == STREAMS
            assert server.process is not None
            worker = server.processes()["worker 0"]
            server.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(wait_for, lambda: find_owner((server.port, 0), [worker]) is None)
            provider.rest.set()

            async def read_rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
                text = await reader.read()
                writer.close()
                return text

            rests = await asyncio.gather(*(read_rest(*stream) for stream in streams))
            assert all(b" there." in rest and b"data: [DONE]" in rest for rest in rests)
            assert await asyncio.to_thread(server.process.wait, 120) == 0
            rows = server.rows(
                "SELECT outcome, count(*), count(DISTINCT request_id) FROM usage_events GROUP BY outcome"
            )
            assert rows == [("ok", STREAMS, STREAMS)]
        finally:
            if server.process is not None and server.process.poll() is None:
                await asyncio.to_thread(server.kill)
