"""What is answered while the management process does not run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.faces.absent import Absent


async def ask(
    path: str, fault: str | None = None, method: str = "GET", *, starting: bool = False
) -> tuple[int, dict[str, str], Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await Absent(lambda: fault, lambda: starting)({"type": "http", "method": method, "path": path}, None, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, json.loads(sent[1]["body"]) if sent[1]["body"] else None


async def test_this_process_runs() -> None:
    assert (await ask("/healthz"))[::2] == (200, {"status": "ok"})


async def test_it_can_serve_calls_and_says_what_is_missing() -> None:
    status, _, body = await ask("/readyz")
    assert (status, body["status"]) == (200, "degraded")
    assert body["checks"]["snapshot"] == body["checks"]["journal"] == "ok"
    assert "does not run" in body["checks"]["management"]


async def test_a_server_that_starts_is_not_ready_before_all_of_it_is() -> None:
    status, _, body = await ask("/readyz", starting=True)
    assert (status, body["status"]) == (503, "unready")
    assert (await ask("/healthz", starting=True))[0] == 200


async def test_without_its_journal_it_can_serve_nothing() -> None:
    status, _, body = await ask("/readyz", "No space left on device")
    assert (status, body["status"]) == (503, "unready")
    assert body["checks"]["journal"] == "No space left on device"


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/api/keys", {"statusCode", "message", "error", "requestId"}),
        ("/ai/llm", {"success", "message"}),
        ("/policy/violations", {"success", "message"}),
        ("/", {"statusCode", "message", "error", "requestId"}),
    ],
)
async def test_the_rest_is_told_to_come_again_in_the_shape_of_its_face(path: str, keys: set[str]) -> None:
    status, headers, body = await ask(path)
    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert body.keys() == keys
    assert "Try again" in body["message"]


async def test_head_has_no_body() -> None:
    status, headers, body = await ask("/api/keys", method="HEAD")
    assert (status, body) == (503, None)
    assert int(headers["content-length"]) > 0
