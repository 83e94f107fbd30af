"""kill -9 under load: no acknowledged call is lost, and none is counted twice."""

from __future__ import annotations

import http.client
import json
import random
import threading
from pathlib import Path

import pytest

from tests.e2e.place import Place, wait_for

KILLS = 20
CALLERS = 8


class Caller(threading.Thread):
    """Calls without a pause, streamed and whole in turn, and remembers what was acknowledged."""

    def __init__(self, place: Place, key: str, number: int) -> None:
        super().__init__(daemon=True)
        self.place = place
        self.key = key
        self.number = number
        self.acknowledged: dict[str, int] = {}
        self.stop = threading.Event()

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            request_id = f"caller-{self.number}-{count}"
            try:
                tokens = self.call(request_id, streamed=count % 2 == 0)
            except (OSError, http.client.HTTPException, ValueError):
                self.stop.wait(0.01)
                continue
            if tokens is not None:
                self.acknowledged[request_id] = tokens

    def call(self, request_id: str, *, streamed: bool) -> int | None:
        """The output tokens that the answer tells; None when it is not complete."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=10)
        body = {
            "model": "demo",
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


@pytest.mark.timeout(600)
def test_no_acknowledged_call_is_lost_or_doubled(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.start()
    place.sign_in()
    key = place.make_key()
    callers = [Caller(place, key, number) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    dice = random.Random(7)
    for _ in range(KILLS):
        seen = sum(len(caller.acknowledged) for caller in callers)
        more = dice.randint(3, 40)
        wait_for(lambda: sum(len(caller.acknowledged) for caller in callers) >= seen + more)  # noqa: B023 - used at once
        place.kill()
        place.start()
    for caller in callers:
        caller.stop.set()
    for caller in callers:
        caller.join(30)
    acknowledged = {name: tokens for caller in callers for name, tokens in caller.acknowledged.items()}
    assert len(acknowledged) > 3 * KILLS

    def settled() -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, tokens in place.rows("SELECT request_id, output_tokens FROM usage_events WHERE outcome = 'ok'"):
            found.setdefault(name, []).append(tokens)
        return found if acknowledged.keys() <= found.keys() else {}

    found = wait_for(settled)
    assert {name: found[name] for name in acknowledged} == {name: [tokens] for name, tokens in acknowledged.items()}
    # The hourly sums say what the events say.
    events = place.rows("SELECT count(*), sum(output_tokens), sum(cost_nanos) FROM usage_events")[0]
    sums = place.rows("SELECT sum(request_count), sum(output_tokens), sum(cost_nanos) FROM provider_usage")[0]
    assert events == sums
    # Calls that died with the process are known too.
    outcomes = dict(place.rows("SELECT outcome, count(*) FROM usage_events GROUP BY outcome"))
    assert set(outcomes) <= {"ok", "estimated", "cancelled"}
    place.stop()
