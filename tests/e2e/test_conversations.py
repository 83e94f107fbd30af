"""kill -9 in the middle of an answer: what had come is kept, and the conversation can go on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from tests.e2e.server import Server, wait_for
from tests.upstreams import scripted


def chunk(text: str) -> bytes:
    event = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    return f"data: {json.dumps(event)}\n\n".encode()


def test_an_answer_whose_server_is_killed_is_interrupted(tmp_path: Path) -> None:
    with scripted.start() as provider:
        provider.script = scripted.stream(chunk("Once upon"), end="never")
        server = Server(tmp_path)
        server.start()
        server.sign_in()
        configuration = {
            "name": "Fake",
            "provider": "custom",
            "model": "fake-1",
            "baseUrl": f"{provider.url}/v1",
            "apiKey": "sk-x",
        }
        assert server.ask("POST", "/api/configurations", configuration)[0] == 201
        conversation = server.ask("POST", "/api/conversations", {"model": "Fake"})[1]
        path = f"/api/conversations/{conversation['id']}"
        headers = {"authorization": f"Bearer {server.token}"}
        with (
            httpx2.Client(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client,
            client.stream("POST", f"{path}/messages", json={"content": "A story."}) as response,
        ):
            lines = response.iter_lines()
            while "Once upon" not in next(lines):
                pass
            server.kill()
        # Half a minute of silence tells that the process is dead; here it has been silent for longer.
        server.start()
        server.sign_in()
        assert last(server, path)["state"] == "streaming"
        server.stop()
        with closing(sqlite3.connect(server.data / "trunkline.db", timeout=10)) as database:
            database.execute(
                "UPDATE conversation_messages SET beat_at = '2020-01-01 00:00:00' WHERE beat_at IS NOT NULL"
            )
            database.commit()
        server.start()
        message = wait_for(lambda: ended(last(server, path)))
        assert (message["state"], message["content"]) == ("interrupted", "Once upon")
        assert message["error"]["code"] == "INTERRUPTED"
        provider.script = scripted.stream(chunk("Once more"), finish(), b"data: [DONE]\n\n")
        status, answer = server.ask("POST", f"{path}/regenerate", {"stream": False})
        assert (status, answer["state"], answer["content"]) == (200, "complete", "Once more")
        server.stop()


def finish() -> bytes:
    event = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return f"data: {json.dumps(event)}\n\n".encode()


def last(server: Server, path: str) -> dict[str, Any]:
    status, tree = server.ask("GET", path)
    assert status == 200, tree
    return tree["messages"][-1]


def ended(message: dict[str, Any]) -> dict[str, Any] | None:
    return message if message["state"] != "streaming" else None
