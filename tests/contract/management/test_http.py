"""What every answer of the management faces has in common."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.local_installation import LocalInstallation, Person, open_local_installation

SHAPE = {"statusCode", "message", "error", "requestId"}


@pytest.fixture
async def admin(local: LocalInstallation) -> Person:
    return await local.set_up()


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/nothing", 404, "Not Found"),
        ("GET", "/api/keys/", 404, "Not Found"),
        ("PUT", "/api/keys", 405, "Method Not Allowed"),
        ("GET", "/api/keys", 401, "Unauthorized"),
    ],
)
async def test_errors_have_one_shape(local: LocalInstallation, method: str, path: str, status: int, error: str) -> None:
    answer = await local.client().request(method, path)
    body = answer.json()
    assert set(body) == SHAPE
    assert (answer.status_code, body["statusCode"], body["error"]) == (status, status, error)
    assert body["requestId"] == answer.headers["x-request-id"]


async def test_every_wrong_field_is_named_as_it_was_written(admin: Person) -> None:
    body = {"scope": "admin", "models": ["ok", 5, ""], "expiresAt": "tomorrow", "colour": "red"}
    answer = await admin.client.post("/api/keys", json=body)
    assert answer.status_code == 400
    fields = {item["field"]: item["message"] for item in answer.json()["errors"]}
    assert set(fields) == {"name", "scope", "models[1]", "models[2]", "expiresAt", "colour"}
    assert fields["name"] == "is required."
    assert fields["colour"] == "is not a field of this request. Leave it out, or check its spelling."
    assert set(answer.json()) == SHAPE | {"errors"}


async def test_what_was_sent_is_not_repeated(local: LocalInstallation) -> None:
    canary = "canary-5f2b9c"
    for body in ({"email": [canary], "password": [canary]}, {"email": "a@b.c", "password": canary, "other": canary}):
        answer = await local.client().post("/api/auth/login", json=body)
        assert answer.status_code == 400
        assert canary not in answer.text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"name":"x"}', "text/plain"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"", "application/json"),
        (b'{"name":"a\\u0000b"}', "application/json"),
        (b'{"name":"a\\ud800b"}', "application/json"),
        (b'{"name":NaN}', "application/json"),
    ],
)
async def test_a_body_that_is_none_is_400(admin: Person, content: bytes, kind: str) -> None:
    answer = await admin.client.post("/api/workspaces", content=content, headers={"content-type": kind})
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) >= SHAPE
    assert any(word in answer.json()["message"] for word in ("JSON", "name"))


@pytest.mark.parametrize("path", ["/api/keys/%00", "/api/keys?cursor=%00", "/api/keys/%ED%A0%80"])
async def test_a_broken_address_is_400(admin: Person, path: str) -> None:
    answer = await admin.client.get(path)
    assert answer.status_code in {400, 404}
    assert set(answer.json()) >= SHAPE


async def test_a_body_over_the_limit_is_413(admin: Person) -> None:
    content = b'{"name":"' + b"x" * (1 << 20) + b'"}'
    declared = await admin.client.post("/api/workspaces", content=content, headers={"content-type": "application/json"})
    assert declared.status_code == 413
    assert set(declared.json()) >= SHAPE

    async def pieces() -> Any:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    streamed = await admin.client.post(
        "/api/workspaces", content=pieces(), headers={"content-type": "application/json"}
    )
    assert streamed.status_code == 413
    assert set(streamed.json()) >= SHAPE


async def test_a_sane_request_id_is_kept_and_others_are_replaced(local: LocalInstallation) -> None:
    kept = await local.client().get("/healthz", headers={"x-request-id": "abc-123._Z"})
    assert kept.headers["x-request-id"] == "abc-123._Z"
    for hostile in ("a b", "x" * 129, "<script>"):
        answer = await local.client().get("/healthz", headers={"x-request-id": hostile})
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])


async def test_answers_carry_safe_headers(local: LocalInstallation) -> None:
    for path in ("/healthz", "/nothing", "/api/keys", "/setup"):
        headers = (await local.client().get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_bug_says_nothing_but_its_request_id(local: LocalInstallation) -> None:
    @local.app.get("/broken")
    async def fail() -> None:
        raise RuntimeError("the secret is canary-5f2b9c")

    answer = await local.client().get("/broken")
    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["requestId"]
    assert answer.json()["requestId"] in answer.json()["message"]


async def test_changes_are_limited_per_actor(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db"
    async with open_local_installation(url, tmp_path / "data", writes_per_minute=3) as installed:
        admin = await installed.set_up()
        for _ in range(3):
            assert (await admin.client.post("/api/workspaces", json={"name": "x"})).status_code == 201
        blocked = await admin.client.post("/api/workspaces", json={"name": "x"})
        assert blocked.status_code == 429
        assert int(blocked.headers["retry-after"]) <= 20
        assert (await admin.client.get("/api/workspaces")).status_code == 200


async def test_lists_come_in_pages(admin: Person) -> None:
    names = [f"Team {number}" for number in range(5)]
    for name in names:
        await admin.make_workspace(name)
    found: list[str] = []
    path = "/api/workspaces?limit=2"
    for _ in range(10):
        answer = await admin.client.get(path)
        assert len(answer.json()) <= 2
        found += [item["name"] for item in answer.json()]
        link = answer.headers.get("link")
        if link is None:
            break
        match = re.fullmatch(r'<([^>]+)>; rel="next"', link)
        assert match is not None
        path = match[1]
    assert found == ["Personal", *names]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=AAAA"])
async def test_a_wrong_page_is_400(admin: Person, query: str) -> None:
    answer = await admin.client.get(f"/api/workspaces?{query}")
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == [query.partition("=")[0]]


async def test_large_answers_are_compressed_for_who_asks(local: LocalInstallation) -> None:
    answer = await local.client().get("/openapi.json", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["info"]["title"] == "Trunkline"
