"""``/mcp``: the tools of a key, for the reference client and in plain messages."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from tests.contract.live_server import LiveServer, eventually, open_live_server
from tests.contract.local_installation import Person
from tests.contract.mcp.mcp_client import LEGACY, MODERN, READS, connect, write_legacy, write_modern
from trunkline.faces.mcp import exchange

CALLING = ["list_models", "list_features", "run_feature"]
READING = ["usage", "list_requests", "get_request", "status"]
TALK = {"name": "talk", "provider": "demo", "model": "demo-chat", "shared": True}
FEATURE = {"slug": "helper", "name": "Helper", "target": "talk"}


@pytest.fixture
async def admin(live: LiveServer) -> Person:
    person = await live.admin()
    for path, body in (("/api/configurations", TALK), ("/api/features", FEATURE)):
        answer = await person.client.post(path, json=body)
        assert answer.status_code == 201, answer.text
    return person


async def make_key(person: Person, **fields: Any) -> str:
    answer = await person.client.post("/api/keys", json={"name": "agent", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


@pytest.fixture
async def key(admin: Person) -> str:
    return await make_key(admin, scope="manage")


@pytest.fixture
def there(live: LiveServer, key: str) -> httpx2.AsyncClient:
    return live.client(key)


@pytest.mark.parametrize("mode", ["auto", "legacy", MODERN])
async def test_the_reference_client_lists_and_calls(live: LiveServer, key: str, mode: str) -> None:
    async with connect(f"{live.url}/mcp", key, mode) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == CALLING + READING
        models = (await client.call_tool("list_models", {})).structured_content
        assert {"name": "talk", "provider": "demo"} in models["models"]
        features = (await client.call_tool("list_features", {})).structured_content["features"]
        assert {"feature": "helper", "model": "demo-chat", "ready": True} in [
            {name: one[name] for name in ("feature", "model", "ready")} for one in features
        ]
        ran = await client.call_tool("run_feature", {"feature": "helper", "input": "Say hello."})
        assert not ran.is_error
        assert ran.structured_content["output"]
        assert ran.structured_content["usage"]["totalTokens"] > 0

        async def find() -> Any:
            return (await client.call_tool("list_requests", {"limit": 1})).structured_content["requests"]

        (request,) = await eventually(find)
        assert (request["model"], request["outcome"]) == ("demo-chat", "ok")
        one = (await client.call_tool("get_request", {"request_id": request["id"]})).structured_content
        assert (one["feature"], one["failedAttempts"]) == ("helper", [])
        used = (await client.call_tool("usage", {"by": "model"})).structured_content
        assert used["totals"]["requests"] == 1
        assert [part["key"] for part in used["parts"]] == ["demo-chat"]
        status = (await client.call_tool("status", {})).structured_content
        assert [one["name"] for one in status["configurations"]] == ["talk", "demo"]


async def test_the_versions_are_negotiated(live: LiveServer, key: str) -> None:
    async with connect(f"{live.url}/mcp", key) as client:
        assert client.protocol_version == MODERN
    async with connect(f"{live.url}/mcp", key, "legacy") as client:
        assert client.protocol_version == LEGACY


@pytest.mark.parametrize(("fields", "names"), [({"scope": "call"}, CALLING), ({"scope": "manage"}, CALLING + READING)])
async def test_a_key_sees_the_tools_that_it_may_use(
    live: LiveServer, admin: Person, fields: dict[str, Any], names: list[str]
) -> None:
    there = live.client(await make_key(admin, **fields))
    listed = (await there.post("/mcp", **write_modern("tools/list"))).json()["result"]
    assert [tool["name"] for tool in listed["tools"]] == names
    assert (listed["resultType"], listed["cacheScope"]) == ("complete", "private")
    for name in {*CALLING, *READING} - {*names}:
        answer = await there.post("/mcp", **write_modern("tools/call", {"name": name, "arguments": {}}))
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == -32602
        assert ", ".join(names) in answer.json()["error"]["message"]


async def test_a_viewer_runs_nothing(live: LiveServer, admin: Person) -> None:
    workspace = await admin.make_workspace()
    viewer = await live.add_user(admin, "viewer@example.com")
    await live.join(admin, workspace, viewer, "viewer")
    listed = (await viewer.at(workspace).post("/mcp", **write_modern("tools/list"))).json()["result"]
    assert "run_feature" not in [tool["name"] for tool in listed["tools"]]


async def test_a_key_for_some_models_sees_and_asks_those_alone(live: LiveServer, admin: Person) -> None:
    there = live.client(await make_key(admin, scope="call", models=["talk"]))
    models = await call(there, "list_models")
    assert [each["name"] for each in models["structuredContent"]["models"]] == ["talk"]
    refused = await call(there, "run_feature", feature="helper", input="Hello")
    assert refused["isError"]
    assert refused["content"][0]["text"] == "This API key may only use talk."
    log = (await admin.client.get("/api/audit?outcome=refused")).json()
    assert [event["action"] for event in log] == ["features.run"]


async def call(there: httpx2.AsyncClient, tool: str, /, **arguments: Any) -> dict[str, Any]:
    answer = await there.post("/mcp", **write_modern("tools/call", {"name": tool, "arguments": arguments}))
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("run_feature", {"feature": "helpr", "input": "x"}, "Nearest: helper"),
        ("run_feature", {"feature": "helper"}, "missing required field `input`"),
        ("run_feature", {"feature": "helper", "input": 7}, "Expected `str`, got `int` - at `$.input`"),
        ("usage", {"period": "decade"}, "at `$.period`"),
        ("usage", {"user": "x"}, "unknown field `user`"),
        ("get_request", {"request_id": "none"}, "no such request"),
        ("list_requests", {"limit": 1000}, "at `$.limit`"),
    ],
)
async def test_what_is_wrong_in_a_call_is_told_to_the_model(
    there: httpx2.AsyncClient, tool: str, arguments: dict[str, Any], words: str
) -> None:
    result = await call(there, tool, **arguments)
    assert result["isError"]
    assert words in result["content"][0]["text"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"headers": {"Mcp-Method": "tools/call"}}, 400, -32020),
        ({"headers": {"Mcp-Method": None}}, 400, -32020),
        ({"headers": {"MCP-Protocol-Version": None}}, 400, -32020),
        ({"headers": {"MCP-Protocol-Version": LEGACY}}, 400, -32020),
        ({"meta": {"io.modelcontextprotocol/clientCapabilities": None}}, 200, None),
        ({"meta": {"io.modelcontextprotocol/protocolVersion": 7}}, 400, -32602),
        ({"headers": {"Accept": "text/html"}}, 406, -32600),
        ({"headers": {"Content-Type": "text/plain"}}, 415, -32600),
    ],
)
async def test_headers_and_body_say_the_same(
    there: httpx2.AsyncClient, changes: dict[str, Any], status: int, code: int | None
) -> None:
    answer = await there.post("/mcp", **write_modern("tools/list", **changes))
    assert answer.status_code == status, answer.text
    assert answer.json().get("error", {}).get("code") == code


async def test_the_name_of_a_tool_is_in_the_headers_too(there: httpx2.AsyncClient) -> None:
    asked = write_modern("tools/call", {"name": "status", "arguments": {}}, headers={"Mcp-Name": "usage"})
    answer = await there.post("/mcp", **asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32020)
    asked["headers"]["Mcp-Name"] = "=?base64?c3RhdHVz?="
    assert (await there.post("/mcp", **asked)).status_code == 200


async def test_a_revision_that_is_not_served_is_refused_with_those_that_are(there: httpx2.AsyncClient) -> None:
    version = "2099-01-01"
    meta = {"io.modelcontextprotocol/protocolVersion": version}
    asked = write_modern("tools/list", meta=meta, headers={"MCP-Protocol-Version": version})
    answer = await there.post("/mcp", **asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32022)
    assert answer.json()["error"]["data"] == {
        "supported": [MODERN, LEGACY, "2025-06-18", "2025-03-26"],
        "requested": version,
    }
    old = write_legacy("tools/list")
    old["headers"]["MCP-Protocol-Version"] = "2024-11-05"
    assert (await there.post("/mcp", **old)).json()["error"]["code"] == -32022


async def test_a_handshake_ends_with_a_revision_that_both_know(there: httpx2.AsyncClient) -> None:
    for wanted, agreed in (("2025-06-18", "2025-06-18"), ("2024-11-05", LEGACY), (None, LEGACY)):
        asked = write_legacy("initialize", {"protocolVersion": wanted, "capabilities": {}})
        del asked["headers"]["MCP-Protocol-Version"]
        answer = await there.post("/mcp", **asked)
        assert answer.json()["result"]["protocolVersion"] == agreed
        assert "mcp-session-id" not in answer.headers
    done = await there.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=READS)
    assert (done.status_code, done.content) == (202, b"")


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"{", -32700, "not JSON"),
        (b"\xff", -32700, "not JSON"),
        (b"[" * 100_000, -32700, "not JSON"),
        (b"[]", -32600, "batch"),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}]', -32600, "batch"),
        (b'"x"', -32600, "JSON object"),
        (b'{"id": 1, "method": "tools/list"}', -32600, "jsonrpc"),
        (b'{"jsonrpc": "2.0", "id": null, "method": "tools/list"}', -32600, "id"),
        (b'{"jsonrpc": "2.0", "id": 1.5, "method": "tools/list"}', -32600, "id"),
        (b'{"jsonrpc": "2.0", "id": true, "method": "tools/list"}', -32600, "id"),
        (b'{"jsonrpc": "2.0", "id": 1}', -32600, "method"),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": []}', -32600, "params"),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600, "takes no answers"),
    ],
)
async def test_what_is_no_message_is_refused(there: httpx2.AsyncClient, body: bytes, code: int, words: str) -> None:
    answer = await there.post("/mcp", content=body, headers=READS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert words in answer.json()["error"]["message"]


async def test_a_method_that_is_not_served(there: httpx2.AsyncClient) -> None:
    for method in ("resources/list", "initialize", "ping"):
        answer = await there.post("/mcp", **write_modern(method))
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, -32601)
    answer = await there.post("/mcp", **write_legacy("resources/list"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, -32601)
    assert (await there.post("/mcp", **write_legacy("ping"))).json()["result"] == {}


async def test_strangers_get_an_error_of_json_rpc(live: LiveServer) -> None:
    answer = await live.client("tl-none").post("/mcp", **write_modern("tools/list"))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (answer.json()["jsonrpc"], answer.json()["error"]["code"]) == ("2.0", 401)


async def test_there_is_no_stream_of_its_own_and_no_session(there: httpx2.AsyncClient) -> None:
    for method in ("GET", "DELETE"):
        answer = await there.request(method, "/mcp")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://evil.example", 403), ("null", 403), ("https://app.example", 200), ("https://ai.example", 200)],
)
async def test_pages_of_other_origins_may_not(tmp_path: Any, origin: str, status: int) -> None:
    settings: dict[str, Any] = {"cors_origins": "https://app.example", "public_url": "https://ai.example"}
    async with open_live_server(tmp_path / "x", **settings) as live:
        there = live.client(await make_key(await live.admin()))
        answer = await there.post("/mcp", **write_modern("tools/list", headers={"Origin": origin}))
        assert answer.status_code == status, answer.text
        assert ("error" in answer.json()) is (status != 200)


async def test_a_client_that_reads_streams_alone_gets_one(there: httpx2.AsyncClient) -> None:
    answer = await there.post("/mcp", **write_modern("tools/list", headers={"Accept": "text/event-stream"}))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("event: message\ndata: {")


async def test_who_asked_for_progress_hears_of_a_tool_that_takes_its_time(
    there: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "PROGRESS_SECONDS", 0.0)
    asked = write_modern(
        "tools/call", {"name": "run_feature", "arguments": {"feature": "helper", "input": "Say hello."}},
        meta={"progressToken": "p1"},
    )  # fmt: skip
    answer = await there.post("/mcp", **asked)
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    first, last = [httpx2.Response(200, content=each).json() for each in (events[0], events[-1])]
    assert (first["method"], first["params"]["progressToken"]) == ("notifications/progress", "p1")
    assert (last["id"], last["result"]["isError"]) == (1, False)


async def test_who_hangs_up_ends_the_call(
    live: LiveServer, there: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def run(*_: Any, **__: Any) -> Any:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(live.pages.state.services.feature_runs, "run", run)
    asked = write_modern("tools/call", {"name": "run_feature", "arguments": {"feature": "helper", "input": "x"}})
    asking = asyncio.ensure_future(there.post("/mcp", **asked))
    await begun.wait()
    asking.cancel()
    await asyncio.wait_for(ended.wait(), 10)
