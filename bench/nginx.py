"""nginx as the provider (canned answers of every dialect), and in another process as the proxy to compare with."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ECHO_MODULE = Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")
CHUNKS = 100
"""Content chunks of a streamed answer."""
PAUSE_SECONDS = 0.005
"""Between two chunks, so that each travels alone, as tokens do."""
SLOW_CHUNKS = 20
SLOW_PAUSE_SECONDS = 0.1
"""The same where there are many streams at once."""

TEXT = "Hello! I am a model that always says the same, at medium length, as an answer of a real one would be."


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _chunk(delta: dict[str, str], finish: str | None = None) -> str:
    choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    return "data: " + json.dumps(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": "gpt-4o-mini",
            "system_fingerprint": "fp_bench",
            "choices": choices,
        },
        separators=(",", ":"),
    )


OPENAI = json.dumps(
    {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 30, "completion_tokens": 24, "total_tokens": 54},
    }
)
ANTHROPIC = json.dumps(
    {
        "id": "msg_bench",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-20250514",
        "content": [{"type": "text", "text": TEXT}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 30, "output_tokens": 24},
    }
)
GEMINI = json.dumps(
    {
        "candidates": [{"content": {"role": "model", "parts": [{"text": TEXT}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 30, "candidatesTokenCount": 24, "totalTokenCount": 54},
        "modelVersion": "gemini-2.5-flash",
    }
)
OLLAMA = json.dumps(
    {
        "model": "llama3.2",
        "created_at": "2025-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": TEXT},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 30,
        "eval_count": 24,
    }
)


def openai_stream(chunks: int = CHUNKS) -> list[str]:
    """The events of an answer in that many chunks."""
    pieces = [_chunk({"role": "assistant", "content": ""})]
    pieces += [_chunk({"content": f" word{number}"}) for number in range(chunks - 2)]
    usage = '"usage":{"prompt_tokens":30,"completion_tokens":99,"total_tokens":129}'
    end = (
        f'data: {{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"m","choices":[],{usage}}}'
    )
    return [*pieces, _chunk({}, "stop"), end, "data: [DONE]"]


def anthropic_stream(chunks: int = CHUNKS) -> list[str]:
    """The same in Anthropic's events."""

    def event(name: str, value: dict[str, object]) -> str:
        return f"event: {name}\ndata: {json.dumps({'type': name, **value}, separators=(',', ':'))}"

    usage = {"input_tokens": 30, "output_tokens": 1}
    nothing: list[str] = []
    message: dict[str, object] = {
        "id": "msg_bench",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": nothing,
        "usage": usage,
    }
    return [
        event("message_start", {"message": message}),
        event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
        *(
            event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": f" word{number}"}})
            for number in range(chunks - 5)
        ),
        event("content_block_stop", {"index": 0}),
        event("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 95}}),
        event("message_stop", {}),
    ]


def _stream_location(path: str, pieces: list[str], pause: float = PAUSE_SECONDS) -> str:
    said: list[str] = []
    for piece in pieces:
        said += [f"echo '{line}';" for line in piece.split("\n")]
        said += ["echo '';", "echo_flush;", f"echo_sleep {pause};"]
    return f"location = {path} {{ default_type text/event-stream; {' '.join(said)} }}"


def _whole_location(path: str, body: str) -> str:
    return f"location = {path} {{ default_type application/json; return 200 '{body}'; }}"


def _configuration(folder: Path, servers: str, *, modules: str = "") -> str:
    return f"""{modules}
worker_processes 1;
worker_rlimit_nofile 8192;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_buffer_size 256k;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  {servers}
}}
"""


class Nginx:
    """A running nginx. ``pid`` is its master's."""

    def __init__(self, port: int, pid: int, streams: bool) -> None:
        self.port = port
        self.pid = pid
        self.streams = streams
        self.url = f"http://127.0.0.1:{port}"


@contextmanager
def _run(folder: Path, configuration: str, port: int, streams: bool) -> Generator[Nginx]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nginx.conf"
    path.write_text(configuration)
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(path)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.01)
        yield Nginx(port, process.pid, streams)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def provider(folder: Path) -> Generator[Nginx]:
    """Every provider's answer, whole; and streamed where the echo module is installed."""
    port = free_port()
    streams = ECHO_MODULE.exists()
    locations = [
        _whole_location("/v1/chat/completions", OPENAI),
        _whole_location("/v1/messages", ANTHROPIC),
        _whole_location("/v1beta/models/gemini-2.5-flash:generateContent", GEMINI),
        _whole_location("/api/chat", OLLAMA),
    ]
    if streams:
        locations += [
            _stream_location("/streamed/v1/chat/completions", openai_stream()),
            _stream_location("/streamed/v1/messages", anthropic_stream()),
            _stream_location("/slow/v1/chat/completions", openai_stream(SLOW_CHUNKS), SLOW_PAUSE_SECONDS),
        ]
    server = f"server {{ listen 127.0.0.1:{port}; {' '.join(locations)} }}"
    modules = f"load_module {ECHO_MODULE};" if streams else ""
    with _run(folder, _configuration(folder, server, modules=modules), port, streams) as running:
        yield running


@contextmanager
def proxy(folder: Path, upstream: Nginx) -> Generator[Nginx]:
    """A plain proxy to ``upstream``: what nobody who looks at a call at all can be below."""
    port = free_port()
    servers = f"""
  upstream provider {{ server 127.0.0.1:{upstream.port}; keepalive 1024; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
    }}
  }}
"""
    with _run(folder, _configuration(folder, servers), port, upstream.streams) as running:
        yield running
