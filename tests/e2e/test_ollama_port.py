"""Tools that know only Ollama, at the port where they look for one."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import ollama
import pytest

from tests.e2e.server import Server
from tests.upstreams.aimock import free_port


def test_ollamas_own_client_needs_no_key_and_no_path(tmp_path: Path) -> None:
    port = free_port()
    server = Server(tmp_path, TRUNKLINE_OLLAMA_PORT=str(port), TRUNKLINE_WORKERS="2")
    server.start()
    try:
        client = ollama.Client(host=f"http://127.0.0.1:{port}")
        with pytest.raises(ollama.ResponseError) as refused:
            client.list()
        assert refused.value.status_code == 401
        server.sign_in()
        key = server.make_key()
        keyed = ollama.Client(host=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"})
        names = [model.model for model in keyed.list().models]
        assert any("demo" in (name or "") for name in names)
        server.stop()
        server.settings["TRUNKLINE_OLLAMA_KEY"] = key
        server.start()
        assert f"http://127.0.0.1:{port}" in server.log.read_text()
        answer = client.chat("demo", messages=[{"role": "user", "content": "Say hello."}])
        assert answer.message.content
        streamed = client.generate("demo", "Say hello.", stream=True)
        assert "".join(piece.response or "" for piece in streamed)
        assert status(port, {"Host": "evil.example"}) == 403
        assert status(port, {"Origin": "https://evil.example"}) == 403
        # Nothing but Ollama's paths is there, whatever key is lent.
        assert status(port, {}, "/api/keys") == 404
        assert status(port, {}, "/../api/keys") == 404
        assert server.stop() == 0
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def status(port: int, headers: dict[str, str], path: str = "/api/tags") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        json.loads(response.read())
        return response.status
    finally:
        connection.close()
