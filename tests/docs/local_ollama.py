"""An Ollama that can download models, for the pages that have a reader do that."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOMENT = "2026-01-31T12:00:00Z"


class _Handler(BaseHTTPRequestHandler):
    models: set[str]

    def do_GET(self) -> None:
        if self.path == "/api/tags":
            self._answer({"models": [{"name": name, "model": name, "size": 1} for name in sorted(self.models)]})
        else:
            self._answer({"version": "0.12.0"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model = asked["model"] if ":" in asked["model"] else f"{asked['model']}:latest"
        if self.path == "/api/pull":
            self.models.add(model)
            progress = {"status": "pulling 8eeb52dfb3bb", "total": 100, "completed": 100}
            self._answer({"status": "pulling manifest"}, progress, {"status": "success"})
        elif model not in self.models:
            self._answer({"error": f"model '{asked['model']}' not found"}, status=404)
        elif self.path == "/api/show":
            self._answer({"capabilities": ["completion"], "model_info": {}, "details": {}})
        else:
            said = {"model": model, "created_at": MOMENT, "message": {"role": "assistant", "content": "Hello!"}}
            counted = {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 3}
            if asked.get("stream", True):
                empty = {**said, "message": {"role": "assistant", "content": ""}}
                self._answer({**said, "done": False}, {**empty, "done": True, **counted})
            else:
                self._answer({**said, "done": True, **counted})

    def _answer(self, *lines: Any, status: int = 200) -> None:
        body = b"\n".join(json.dumps(line).encode() for line in lines)
        self.send_response(status)
        self.send_header("content-type", "application/x-ndjson" if len(lines) > 1 else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base's
        """Say nothing."""


@contextmanager
def start() -> Iterator[int]:
    """Run one without models until the block ends. Gives its port."""
    handler = type("Handler", (_Handler,), {"models": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
