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

from tests.e2e.place import Place, wait_for

LONG: Any = {
    "model": "demo",
    "messages": [{"role": "user", "content": "Tell me a long story about a trunk line."}],
    "stream": True,
    "stream_options": {"include_usage": True},
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    if place.process is not None and place.process.poll() is None:
        place.process.kill()
        place.process.wait(10)


def open_stream(place: Place, key: str, request_id: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)
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


def test_running_calls_end_in_peace(place: Place) -> None:
    place.start()
    place.sign_in()
    key = place.make_key()
    streams = [open_stream(place, key, f"drain-{number}") for number in range(5)]
    for stream in streams:
        assert stream.readline().startswith(b"data: ")
    assert place.process is not None
    place.process.send_signal(signal.SIGTERM)
    for stream in streams:
        assert stream.read().rstrip().endswith(b"data: [DONE]")
    assert place.process.wait(30) == 0
    assert place.log.read_text().endswith("Stopped.\n")
    rows = place.rows("SELECT outcome FROM usage_events WHERE request_id LIKE 'drain-%'")
    assert rows == [("ok",)] * 5, "what was drained is in the database when the process has ended"


def test_calls_that_outlast_the_drain_are_told_and_counted(place: Place) -> None:
    place.settings["TRUNKLINE_DRAIN_SECONDS"] = "0"
    place.start()
    place.sign_in()
    stream = open_stream(place, place.make_key(), "cut")
    assert stream.readline().startswith(b"data: ")
    assert place.process is not None
    place.process.send_signal(signal.SIGTERM)
    text = stream.read()
    assert b'"restarting"' in text
    place.process.wait(30)
    assert place.rows("SELECT outcome, error FROM usage_events WHERE request_id = 'cut'") == [("error", "restarting")]


def test_several_workers_share_keys_and_lose_nothing(place: Place) -> None:
    place.options = ["--workers", "2"]
    place.start()
    place.sign_in()
    key = place.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}

    def call(number: int) -> bool:
        headers = {"x-request-id": f"both-{number}"}
        return place.ask("POST", "/v1/chat/completions", ask, key=key, headers=headers)[0] == 200

    for number in range(40):
        assert call(number), "a key is known to all processes when it is shown"
    wait_for(lambda: place.rows("SELECT count(*) FROM usage_events WHERE request_id LIKE 'both-%'")[0][0] == 40)
    assert place.rows("SELECT count(*) FROM usage_events")[0][0] == 40
    listed = place.ask("GET", "/api/keys")[1]
    kept = next(entry for entry in listed if entry["name"] == "test")
    assert place.ask("DELETE", f"/api/keys/{kept['id']}")[0] in {200, 204}
    assert [place.ask("POST", "/v1/chat/completions", ask, key=key)[0] for _ in range(20)] == [401] * 20
    # A first process that is killed does not leave the others behind on the port.
    assert place.process is not None
    place.process.kill()
    place.process.wait(10)
    wait_for(lambda: not listening(place.port))


def test_metrics_are_those_of_all_processes(place: Place) -> None:
    place.options = ["--workers", "2"]
    place.start()
    place.sign_in()
    key = place.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}
    for number in range(20):
        headers = {"x-request-id": f"seen-{number}"}
        assert place.ask("POST", "/v1/chat/completions", ask, key=key, headers=headers)[0] == 200
    wait_for(lambda: place.rows("SELECT count(*) FROM usage_events WHERE request_id LIKE 'seen-%'")[0][0] == 20)

    def read() -> dict[str, dict[str, float]]:
        connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)
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


def test_gateway_starts_and_serves_while_the_database_is_away(place: Place) -> None:
    place.start()
    place.sign_in()
    key = place.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}
    assert place.ask("POST", "/v1/chat/completions", ask, key=key)[0] == 200
    place.stop()
    # A PostgreSQL that nobody runs: the copy of the snapshot is all there is.
    place.settings["TRUNKLINE_DATABASE_URL"] = "postgresql+asyncpg://nobody:secret@127.0.0.1:1/none"
    place.start()
    status, answer = place.ask("POST", "/v1/chat/completions", ask, key=key, headers={"x-request-id": "away"})
    assert status == 200, answer
    assert place.ask("GET", "/readyz", key=None)[1]["status"] == "degraded"
    place.stop()
    assert "secret" not in place.log.read_text()
    # It is back: what was used meanwhile is taken in.
    del place.settings["TRUNKLINE_DATABASE_URL"]
    place.start()
    wait_for(lambda: place.rows("SELECT outcome FROM usage_events WHERE request_id = 'away'") == [("ok",)])


def test_a_folder_serves_at_once_when_started_again_and_to_one_server_alone(place: Place) -> None:
    place.start()
    place.sign_in()
    key = place.make_key()
    ask = {**LONG, "stream": False, "stream_options": None, "max_tokens": 3}
    place.stop()
    place.start()
    assert place.ask("POST", "/v1/chat/completions", ask, key=key)[0] == 200
    assert place.process is not None
    other = Place(place.folder)
    with pytest.raises(
        AssertionError, match=rf"running already with the data folder .* \(process {place.process.pid}\)"
    ):
        other.start()
    assert place.ask("POST", "/v1/chat/completions", ask, key=key)[0] == 200
    assert place.stop() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(place: Place, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(AssertionError, match="cannot be written"):
        place.start()
