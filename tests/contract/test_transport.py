"""What a whole server makes of methods, origins, compression and stray paths, whatever is asked for."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest
from starlette.responses import Response

from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person
from trunkline.faces import brotli
from trunkline.faces.http.event_stream import SentEvent, send_events
from trunkline.faces.zstd import zstd

PAGE = "https://app.example.com"
PLAIN = {"accept-encoding": "identity"}


@pytest.fixture(params=[False, True], ids=["direct", "forwarded"])
async def live(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[LiveServer]:
    async with open_live_server(tmp_path / "whole", cors_origins=PAGE, forwarded=request.param) as opened:
        yield opened


@pytest.fixture
async def admin(live: LiveServer) -> Person:
    return await live.admin()


def told(answer: httpx2.Response) -> dict[str, str]:
    """The headers that do not differ from request to request."""
    own = {"date", "x-request-id", "transfer-encoding", "content-length"}
    return {name: value for name, value in answer.headers.items() if name not in own}


async def test_head_is_get_without_a_body(live: LiveServer, admin: Person) -> None:
    described = live.pages.openapi()["paths"]
    paths = [path for path, methods in described.items() if "get" in methods and "{" not in path]
    paths = [path for path in paths if not path.startswith("/v1")]
    assert len(paths) > 20
    for path in [*paths, "/", "/docs", "/openapi.json", "/nothing", "/v1/models"]:
        if path.endswith("/stream"):
            path += "?seconds=0"  # noqa: PLW2901 - it would last for minutes
        for client in (admin.client, live.client()):
            got = await client.get(path, headers=PLAIN)
            headed = await client.head(path, headers=PLAIN)
            assert (headed.status_code, headed.content) == (got.status_code, b""), path
            assert told(headed) == told(got), path
            # What is told of now and then differs in length.
            if path not in {"/metrics", "/readyz"} and not path.startswith("/api/audit/verify"):
                assert headed.headers.get("content-length") == got.headers.get("content-length"), path


async def test_head_of_a_stream_ends(live: LiveServer) -> None:
    closed = asyncio.Event()

    async def events() -> AsyncGenerator[SentEvent]:
        try:
            yield SentEvent("tick", {}, 1)
            await asyncio.Event().wait()
        finally:
            closed.set()

    @live.pages.get("/endless")
    async def stream() -> Response:
        return send_events(events())

    headed = await live.client().head("/endless")
    assert headed.headers["content-type"].startswith("text/event-stream")
    assert headed.content == b""
    await asyncio.wait_for(closed.wait(), 10)


async def test_405_names_head_too(live: LiveServer) -> None:
    answer = await live.client().post("/healthz")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_named_page_reads_every_answer(live: LiveServer) -> None:
    for method, path, status in (
        ("GET", "/healthz", 200),
        ("GET", "/api/keys", 401),
        ("POST", "/api/keys", 401),
        ("GET", "/nothing", 404),
        ("DELETE", "/healthz", 405),
        ("POST", "/api/auth/login", 400),
        ("GET", "/api/keys/%00", 400),
        ("GET", "/v1/models", 401),
    ):
        body = None if method == "GET" else {}
        answer = await live.client().request(method, path, headers={"origin": PAGE}, json=body)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "x-request-id" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" in answer.headers["vary"]


async def test_a_fault_can_be_read_too(live: LiveServer) -> None:
    @live.pages.get("/broken")
    async def fail() -> None:
        raise RuntimeError("broken")

    answer = await live.client().get("/broken", headers={"origin": PAGE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, PAGE)


async def test_its_question_is_answered_without_a_key(live: LiveServer) -> None:
    asked = {"access-control-request-method": "DELETE", "access-control-request-headers": "authorization, if-match"}
    for path in ("/api/keys", "/ai/llm/configs", "/policy/rules", "/v1/models", "/nothing"):
        answer = await live.client().options(path, headers={"origin": PAGE, **asked})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "DELETE" in answer.headers["access-control-allow-methods"]
        assert answer.headers["access-control-allow-headers"] == "authorization, if-match"
        other = await live.client().options(path, headers={"origin": "https://evil.example", **asked})
        assert "access-control-allow-origin" not in other.headers


async def test_unless_pages_are_named_the_api_is_for_none(tmp_path: Path) -> None:
    async with open_live_server(tmp_path / "other") as other:
        asked = {"origin": PAGE, "access-control-request-method": "GET"}
        refused = await other.client().options("/api/keys", headers=asked)
        assert "access-control-allow-origin" not in refused.headers
        plain = await other.client().get("/healthz", headers={"origin": PAGE})
        assert "access-control-allow-origin" not in plain.headers
        calls = await other.client().options("/v1/models", headers=asked)
        assert calls.headers["access-control-allow-origin"] == "*"


async def test_answers_are_compressed(live: LiveServer, admin: Person) -> None:
    plain = await admin.client.get("/openapi.json", headers=PLAIN)
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"]
    for coding in ("gzip", "br", "zstd"):
        packed = await admin.client.get("/openapi.json", headers={"accept-encoding": coding})
        assert packed.headers["content-encoding"] == coding
        assert packed.content == plain.content
        assert int(packed.headers["content-length"]) < len(plain.content) / 3
        assert "accept-encoding" in packed.headers["vary"]


async def test_a_compressed_page_is_known_again(live: LiveServer) -> None:
    first = await live.client().get("/setup", headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["etag"].startswith('W/"')
    again = await live.client().get("/setup", headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert again.status_code == 304


async def test_a_compressed_revision_can_be_changed(live: LiveServer, admin: Person) -> None:
    body = {
        "name": "big",
        "provider": "demo",
        "model": "demo-chat",
        "configuration": {"systemPrompt": "Be kind. " * 200},
    }
    made = await admin.client.post("/api/configurations", json=body, headers={"accept-encoding": "gzip"})
    assert made.status_code == 201, made.text
    assert made.headers["content-encoding"] == "gzip"
    place, match = f"/api/configurations/{made.json()['id']}", {"if-match": made.headers["etag"]}
    changed = await admin.client.put(place, json={**body, "name": "bigger"}, headers=match)
    assert changed.status_code == 200, changed.text
    stale = await admin.client.put(place, json=body, headers=match)
    assert stale.status_code == 412


async def test_requests_can_be_compressed(admin: Person) -> None:
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "zstd": zstd.compress,
        "br": lambda data: brotli.compress(data, 5),
    }
    for coding, pack in packers.items():
        headers = {"content-encoding": coding, "content-type": "application/json"}
        made = await admin.client.post("/api/keys", content=pack(b'{"name": "packed"}'), headers=headers)
        assert made.status_code == 201, made.text
        assert made.json()["name"] == "packed"
        bomb = await admin.client.post("/api/keys", content=pack(bytes(20 << 20)), headers=headers)
        assert bomb.status_code == 413
        broken = await admin.client.post("/api/keys", content=b'{"name": "packed"}', headers=headers)
        assert (broken.status_code, broken.json()["errors"][0]["field"]) == (400, "Content-Encoding")


async def test_another_coding_is_refused_by_name(live: LiveServer, admin: Person) -> None:
    headers = {"content-encoding": "compress", "content-type": "application/json"}
    answer = await admin.client.post("/api/keys", content=b"x", headers=headers)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "gzip, deflate, zstd, br"
    assert "compress" in answer.json()["message"]
    unknown = await live.client().post("/api/keys", content=b"x", headers=headers)
    assert unknown.status_code == 401, "who asks is judged before what is sent"


async def test_calls_without_their_version(admin: Person) -> None:
    for path, meant in (
        ("/chat/completions", "POST /v1/chat/completions"),
        ("/openai/v1/responses", "POST /v1/responses"),
        ("/models", "GET /v1/models"),
        ("/api/v1/chat/completions", "POST /v1/chat/completions"),
    ):
        answer = await admin.client.post(path, json={})
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "unknown_path"
        assert f"Did you mean {meant}?" in answer.json()["error"]["message"]
    assert (await admin.client.post("/v1", json={})).json()["statusCode"] == 404


async def test_in_the_clients_wire(live: LiveServer) -> None:
    anthropic = await live.client().post("/messages", json={}, headers={"anthropic-version": "2023-06-01"})
    assert (anthropic.status_code, anthropic.json()["error"]["type"]) == (404, "not_found_error")
    google = await live.client().post("/models/m:generateContent", json={})
    assert (google.status_code, google.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert google.headers["x-request-id"] in json.dumps(google.json())


async def test_the_nearest_page_is_named(live: LiveServer) -> None:
    for path, meant in (
        ("/api/configuration", "/api/configurations"),
        ("/api/keys/", "/api/keys"),
        ("/doc", "/docs"),
    ):
        answer = await live.client().get(path)
        assert answer.status_code == 404
        assert f"Did you mean {meant}?" in answer.json()["message"]
