"""Every failure below ``/ai/llm`` (and ``/policy``) is ``{"success": false, "message": …}``, whoever notices it."""

from __future__ import annotations

from pathlib import Path

from tests.contract.live_server import LiveServer, open_live_server

from .scene import NOBODYS, entry, failed, make


async def test_strangers_get_401(live: LiveServer) -> None:
    for client in (live.client(), live.client("tl-nobody"), live.client("eyJnobody")):
        for method, path in (
            ("POST", "/ai/llm"),
            ("GET", "/ai/llm"),
            ("GET", "/ai/llm/available"),
            ("GET", "/ai/llm/stats"),
            ("PUT", f"/ai/llm/{NOBODYS}"),
            ("DELETE", f"/ai/llm/{NOBODYS}"),
            ("POST", f"/ai/llm/{NOBODYS}/validate"),
        ):
            answer = await client.request(method, path)
            failed(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.headers["x-request-id"]


async def test_what_no_route_takes_has_the_shape_too(live: LiveServer) -> None:
    admin = await live.admin()
    for path in ("/ai/llm/a/b/c", "/ai/llm/", "/policy/a/b/c"):
        failed(await admin.client.post(path), 404)
    for method, path in (("PATCH", "/ai/llm"), ("GET", f"/ai/llm/{NOBODYS}"), ("PUT", "/ai/llm")):
        answer = await admin.client.request(method, path)
        failed(answer, 405)
        assert answer.headers["allow"]
    failed(await admin.client.get("/ai/llm?workspaceId=%00"), 400)
    # Elsewhere nothing changes.
    for path in ("/ai/llmx", "/ai", "/policyholder", "/api/nothing"):
        assert set((await admin.client.get(path)).json()) == {"statusCode", "message", "error", "requestId"}


async def test_a_body_that_is_none_is_400(live: LiveServer) -> None:
    admin = await live.admin()
    home = await admin.personal()
    made = await make(admin.client, home)
    json = {"content-type": "application/json"}
    for content in (b"{", b"\xff", b"null", b"[]", b"", b"[" * 10_000, b'{"name":"a\\u0000b"}', b'{"name":NaN}'):
        failed(await admin.client.post("/ai/llm", content=content, headers=json), 400)
        failed(await admin.client.put(f"/ai/llm/{made}", content=content, headers=json), 400)


async def test_a_body_over_the_limit_is_413(live: LiveServer) -> None:
    admin = await live.admin()
    content = b'{"name":"' + b"x" * (1 << 20) + b'"}'
    failed(await admin.client.post("/ai/llm", content=content, headers={"content-type": "application/json"}), 413)


async def test_wrong_fields_are_all_named(live: LiveServer) -> None:
    admin = await live.admin()
    message = failed(await admin.client.post("/ai/llm", json={"aiType": 1, "colour": "red"}), 400)
    assert all(name in message for name in ("name", "aiType", "endpoint", "secret", "workspaceId", "colour"))


async def test_what_is_wrong_is_said_in_words_that_fit(live: LiveServer) -> None:
    admin = await live.admin()
    home = await admin.personal()
    for wrong, message in (
        ({"name": " "}, "name: must not be empty."),
        ({"secret": ""}, "secret: must not be empty."),
        ({"secret": "s" * 40_000}, "secret: has at most 32768 characters."),
        ({"name": None}, "name: must be a text."),
        ({"name": "two\nlines"}, "name: holds a line break or another character that cannot be shown."),
    ):
        assert failed(await admin.client.post("/ai/llm", json=entry(home, **wrong)), 400) == message
    for content in (b"", b"null", b"[]"):
        answer = await admin.client.post("/ai/llm", content=content, headers={"content-type": "application/json"})
        assert failed(answer, 400) == "send a JSON object, with Content-Type: application/json."


async def test_too_many_writes_are_429(tmp_path: Path) -> None:
    async with open_live_server(tmp_path / "whole", writes_per_minute=3) as live:
        admin = await live.admin()
        home = await admin.personal()
        answers = [await admin.client.post("/ai/llm", json=entry(home, name=str(each))) for each in range(5)]
        assert {answer.status_code for answer in answers[:3]} == {200}
        failed(answers[-1], 429)
        assert int(answers[-1].headers["retry-after"]) >= 1


async def test_the_description_says_how_it_fails(live: LiveServer) -> None:
    document = (await live.client().get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert set(schemas["FailureResponse"]["required"]) == {"success", "message"}
    ours = {path: operations for path, operations in document["paths"].items() if path.startswith("/ai/llm")}
    assert set(ours) == {
        "/ai/llm",
        "/ai/llm/available",
        "/ai/llm/stats",
        "/ai/llm/{ai_llm_id}",
        "/ai/llm/{ai_llm_id}/validate",
    }
    for path, operations in ours.items():
        for operation in operations.values():
            assert operation["summary"], path
            answers = operation["responses"]
            assert set(answers) >= {"200", "401", "403"}, path
            for status, described in answers.items():
                schema = described["content"]["application/json"]["schema"]
                if status != "200":
                    assert schema == {"$ref": "#/components/schemas/FailureResponse"}, (path, status)
    for path, operations in document["paths"].items():
        if path.startswith("/api/"):
            for operation in operations.values():
                failures = {status: told for status, told in operation["responses"].items() if status >= "400"}
                assert path == "/api/auth/options" or "401" in failures, path
                for told in failures.values():
                    schema = told["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorResponse"}, path
