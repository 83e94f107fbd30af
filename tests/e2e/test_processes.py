"""Stopping, several processes, and a database that is away."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.server import Server, wait_for

LONG: Any = {
    "model": "demo",
    "messages": [{"role": "user", "content": "Tell me a long story about a trunk line."}],
    "stream": True,
    "stream_options": {"include_usage": True},
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.process.kill()
        server.process.wait(10)


def open_stream(server: Server, key: str, request_id: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"authorization": f"Bearer {key}", "x-request-id": request_id}
    connection.request("POST", "/v1/chat/completions", json.dumps(LONG), headers)
    response = connection.getresponse()
    assert response.status == 200
    return response


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_running_calls_end_in_peace(server: Server) -> None:
    server.start()
    server.sign_in()
    key = server.make_key()
    streams = [open_stream(server, key, f"drain-{number}") for number in range(5)]
    for stream in streams:
        assert stream.readline().startswith(b"data: ")
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    for stream in streams:
        assert stream.read().rstrip().endswith(b"data: [DONE]")
    assert server.process.wait(30) == 0
    assert server.log.read_text().endswith("Stopped.\n")
    rows = server.rows("SELECT outcome FROM usage_events WHERE request_id LIKE 'drain-%'")
    assert rows == [("ok",)] * 5, "what was drained is in the database when the process has ended"


def test_calls_that_outlast_the_drain_are_told_and_counted(server: Server) -> None:
    server.settings["TRUNKLINE_DRAIN_SECONDS"] = "0"
    server.start()
    server.sign_in()
    stream = open_stream(server, server.make_key(), "cut")
    assert stream.readline().startswith(b"data: ")
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    text = stream.read()
    assert b'"restarting"' in text
    server.process.wait(30)
    assert server.rows("SELECT outcome, error FROM usage_events WHERE request_id = 'cut'") == [("error", "restarting")]


def test_several_workers_share_keys_and_lose_nothing(server: Server) -> None:
    server.options = ["--workers", "2"]
    server.start()
    server.sign_in()
    key = server.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}

    def call(number: int) -> bool:
        headers = {"x-request-id": f"both-{number}"}
        return server.ask("POST", "/v1/chat/completions", ask, key=key, headers=headers)[0] == 200

    for number in range(40):
        assert call(number), "a key is known to all processes when it is shown"
    wait_for(lambda: server.rows("SELECT count(*) FROM usage_events WHERE request_id LIKE 'both-%'")[0][0] == 40)
    assert server.rows("SELECT count(*) FROM usage_events")[0][0] == 40
    listed = server.ask("GET", "/api/keys")[1]
    kept = next(entry for entry in listed if entry["name"] == "test")
    assert server.ask("DELETE", f"/api/keys/{kept['id']}")[0] in {200, 204}
    assert [server.ask("POST", "/v1/chat/completions", ask, key=key)[0] for _ in range(20)] == [401] * 20
    # A first process that is killed does not leave the others behind on the port.
    assert server.process is not None
    server.process.kill()
    server.process.wait(10)
    wait_for(lambda: not listening(server.port))


def test_metrics_are_those_of_all_processes(server: Server) -> None:
    server.options = ["--workers", "2"]
    server.start()
    server.sign_in()
    key = server.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}
    for number in range(20):
        headers = {"x-request-id": f"seen-{number}"}
        assert server.ask("POST", "/v1/chat/completions", ask, key=key, headers=headers)[0] == 200
    wait_for(lambda: server.rows("SELECT count(*) FROM usage_events WHERE request_id LIKE 'seen-%'")[0][0] == 20)

    def read() -> dict[str, dict[str, float]]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return {
            family.name: {one.labels.get("worker", ""): one.value for one in family.samples}
            for family in text_string_to_metric_families(text)
        }

    wait_for(lambda: read()["trunkline_intake_calls"].get("") == 20)
    found = read()
    assert sum(found["trunkline_calls"].values()) == 20
    assert sum(found["trunkline_http_requests"].values()) == 20
    everybody = {"0", "1", "management", "intake", "supervisor"}
    assert set(found["trunkline_process_resident_memory_bytes"]) == everybody
    assert set(found["trunkline_process_cpu_seconds"]) == everybody
    assert set(found["trunkline_event_loop_lag_seconds"]) == {"0", "1", "management"}
    assert len(set(found["trunkline_snapshot_revision"].values())) == 1


def test_gateway_starts_and_serves_while_the_database_is_away(server: Server) -> None:
    server.start()
    server.sign_in()
    key = server.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}
    assert server.ask("POST", "/v1/chat/completions", ask, key=key)[0] == 200
    server.stop()
    # A PostgreSQL that nobody runs: the copy of the snapshot is all there is.
    server.settings["TRUNKLINE_DATABASE_URL"] = "postgresql+asyncpg://nobody:secret@127.0.0.1:1/none"
    server.start()
    status, answer = server.ask("POST", "/v1/chat/completions", ask, key=key, headers={"x-request-id": "away"})
    assert status == 200, answer
    assert server.ask("GET", "/readyz", key=None)[1]["status"] == "degraded"
    server.stop()
    assert "secret" not in server.log.read_text()
    # It is back: what was used meanwhile is taken in.
    del server.settings["TRUNKLINE_DATABASE_URL"]
    server.start()
    wait_for(lambda: server.rows("SELECT outcome FROM usage_events WHERE request_id = 'away'") == [("ok",)])


def test_a_folder_serves_at_once_when_started_again_and_to_one_server_alone(server: Server) -> None:
    server.start()
    server.sign_in()
    key = server.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}
    server.stop()
    server.start()
    assert server.ask("POST", "/v1/chat/completions", ask, key=key)[0] == 200
    assert server.process is not None
    other = Server(server.folder)
    with pytest.raises(
        AssertionError, match=rf"running already with the data folder .* \(process {server.process.pid}\)"
    ):
        other.start()
    assert server.ask("POST", "/v1/chat/completions", ask, key=key)[0] == 200
    assert server.stop() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(AssertionError, match="cannot be written"):
        server.start()
