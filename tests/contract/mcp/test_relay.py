"""``/mcp/{server}``: registered servers through the gateway, also such as lie, loop, flood and keep silent."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.live_server import LiveServer, eventually, open_live_server
from tests.contract.local_installation import Person
from tests.contract.mcp.mcp_client import MODERN, READS, connect, write_legacy, write_modern
from tests.contract.mcp.upstream import (
    Reference,
    Scripted,
    Send,
    begin,
    push,
    send_whole,
)
from trunkline.control.mcp_servers import answer as answers

SECRET = "Bearer upstream-secret"


async def register(person: Person, url: str, **fields: Any) -> dict[str, Any]:
    answer = await person.client.post("/api/mcp-servers", json={"name": "weather", "url": url, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_key(person: Person, **fields: Any) -> dict[str, Any]:
    return (await person.client.post("/api/keys", json={"name": "agent", **fields})).json()


async def read_calls(person: Person) -> list[tuple[str, str]]:
    log = (await person.client.get("/api/audit?action=mcp.call")).json()
    return [(event["after"]["tool"], event["outcome"]) for event in log if event["after"]]


@pytest.mark.parametrize("mode", ["auto", "legacy", MODERN])
async def test_the_reference_client_reaches_the_reference_server(
    live: LiveServer, admin: Person, reference: Reference, mode: str
) -> None:
    await register(admin, reference.url, auth="headers", headers={"Authorization": SECRET})
    key = (await make_key(admin))["key"]
    async with connect(f"{live.url}/mcp/weather", key, mode) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["forecast", "count", "flood"]
        told = await client.call_tool("forecast", {"place": "Oslo"})
        assert told.content[0].text == "Sun in Oslo."  # type: ignore[union-attr]
        heard: list[float] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            heard.append(progress)

        done = await client.call_tool("count", {"to": 3}, progress_callback=hear)
        assert done.content[0].text == "done"  # type: ignore[union-attr]
        assert heard == [0, 1, 2]
        assert (await client.call_tool("flood", {})).is_error
    assert reference.came
    for headers in reference.came:
        assert headers["authorization"] == SECRET
        assert key not in str(headers)
        assert not {name for name in headers if name.startswith(("x-", "trunkline", "cookie"))}

    async def look() -> list[tuple[str, str]] | None:
        found = await read_calls(admin)
        return found if len(found) == 3 else None

    calls = await eventually(look)
    assert calls == [("flood", "failed"), ("count", "ok"), ("forecast", "ok")]
    assert "Oslo" not in (await admin.client.get("/api/audit")).text
    if mode == "legacy":
        assert reference.came[-1][":method"] == "DELETE"


async def test_a_session_is_that_of_its_key(live: LiveServer, admin: Person, reference: Reference) -> None:
    await register(admin, reference.url)
    own, other = [live.client((await make_key(admin))["key"]) for _ in range(2)]
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    begun = await own.post("/mcp/weather", **write_legacy("initialize", hello))
    session = begun.headers["mcp-session-id"]
    asked = write_legacy("tools/list", {})
    asked["headers"]["Mcp-Session-Id"] = session
    assert (await own.post("/mcp/weather", **asked)).status_code == 200
    count = len(reference.came)
    for headers in ({}, {"mcp-session-id": session[:-2] + "AA"}):
        stolen = await other.post("/mcp/weather", json=asked["json"], headers={**asked["headers"], **headers})
        assert (stolen.status_code, stolen.json()["error"]["code"]) == (404, 404)
    ended = await other.delete("/mcp/weather", headers={"Mcp-Session-Id": session})
    assert ended.status_code == 404
    assert len(reference.came) == count
    upstream = reference.came[-1]["mcp-session-id"]
    stolen = await own.post(
        "/mcp/weather", json=asked["json"], headers={**asked["headers"], "Mcp-Session-Id": upstream}
    )
    assert stolen.status_code == 404
    assert (await own.delete("/mcp/weather", headers={"Mcp-Session-Id": session})).status_code == 200
    assert (await own.delete("/mcp/weather")).status_code == 400


async def test_keys_reach_the_servers_and_tools_that_they_are_listed_for(
    live: LiveServer, admin: Person, reference: Reference
) -> None:
    some, one, none = [await make_key(admin) for _ in range(3)]
    grants = [{"keyId": some["id"]}, {"keyId": one["id"], "tools": ["forecast", "flood"]}]
    await register(admin, reference.url, tools=["forecast", "count"], keys=grants)
    seen: dict[str, list[str]] = {}
    for name, key in (("some", some), ("one", one)):
        listed = (await live.client(key["key"]).post("/mcp/weather", **write_modern("tools/list"))).json()["result"]
        seen[name] = [tool["name"] for tool in listed["tools"]]
        assert listed.get("cacheScope") == "private"
    assert seen == {"some": ["forecast", "count"], "one": ["forecast"]}
    there = live.client(one["key"])
    count = len(reference.came)
    for tool in ("count", "flood", "nothing"):
        refused = await there.post("/mcp/weather", **write_modern("tools/call", {"name": tool, "arguments": {}}))
        assert refused.json()["error"]["code"] == -32602
    for client in (live.client(none["key"]), admin.client):
        assert (await client.post("/mcp/weather", **write_modern("tools/list"))).status_code == 404
    assert len(reference.came) == count
    log = (await admin.client.get("/api/audit?outcome=refused")).json()
    assert [event["action"] for event in log] == ["mcp.call"] * 3


async def test_a_name_that_stands_twice_is_sent_as_it_was_judged(
    live: LiveServer, admin: Person, scripted: Scripted
) -> None:
    async def reply(given: Any, send: Send) -> None:
        await send_whole(send, {"jsonrpc": "2.0", "id": 1, "result": {"content": []}})

    scripted.answer = reply
    await register(admin, scripted.url, tools=["good"])
    there = live.client((await make_key(admin))["key"])
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"bad","name":"good","arguments":{}}}'
    answer = await there.post("/mcp/weather", content=body, headers={**READS, "Cookie": "a=b", "X-Secret": "s"})
    assert answer.status_code == 200
    headers, sent = scripted.came[-1]
    assert sent.count(b'"name"') == 1
    assert b'"good"' in sent
    assert not {"cookie", "x-secret", "authorization", "x-api-key"} & set(headers)


async def test_limits_of_the_key_hold(live: LiveServer, admin: Person, reference: Reference) -> None:
    made = await register(admin, reference.url)
    key = await make_key(admin)
    limit = {"subject": "key", "subjectId": key["id"], "measure": "requests", "amount": 2, "window": "hour"}
    assert (await admin.client.post("/api/limits", json=limit)).status_code == 201
    there = live.client(key["key"])
    answers = [await there.post(f"/mcp/{made['id']}", **write_modern("tools/list")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["id"] == 1
    assert "2 requests per hour for this API key is reached" in answers[-1].json()["error"]["message"]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_one_that_is_turned_off_is_not_there(live: LiveServer, admin: Person, reference: Reference) -> None:
    made = await register(admin, reference.url, enabled=False)
    there = live.client((await make_key(admin))["key"])
    assert (await there.post("/mcp/weather", **write_modern("tools/list"))).status_code == 404
    await admin.client.put(f"/api/mcp-servers/{made['id']}", json={"enabled": True})
    assert (await there.post("/mcp/weather", **write_modern("tools/list"))).status_code == 200


async def test_a_token_is_fetched_used_and_fetched_again(live: LiveServer, admin: Person, scripted: Scripted) -> None:
    tokens = iter(["first", "second"])
    good = {"Bearer first"}

    async def reply(given: Any, send: Send) -> None:
        headers, _ = scripted.came[-1]
        if headers[":path"] == "/token":
            await send_whole(send, {"access_token": next(tokens), "token_type": "Bearer", "expires_in": 3600})
        elif headers.get("authorization") in good:
            await send_whole(send, {"jsonrpc": "2.0", "id": 1, "result": {"tools": []}})
        else:
            await send_whole(send, b"", 401)

    scripted.answer = reply
    oauth = {"auth": "oauth", "tokenUrl": f"{scripted.url}/token", "clientId": "us", "clientSecret": "s3:cret"}
    await register(admin, f"{scripted.url}/mcp", **oauth, scope="read")
    there = live.client((await make_key(admin))["key"])
    for _ in range(2):
        assert (await there.post("/mcp/weather", **write_modern("tools/list"))).status_code == 200
    assert [headers[":path"] for headers, _ in scripted.came] == ["/token", "/mcp", "/mcp"]
    asked, form = scripted.came[0]
    assert asked["authorization"] == "Basic dXM6czMlM0FjcmV0"
    assert form.startswith(b"grant_type=client_credentials&resource=http")
    assert form.endswith(b"&scope=read")
    good.clear()
    good.add("Bearer second")
    assert (await there.post("/mcp/weather", **write_modern("tools/list"))).status_code == 200
    good.clear()
    refused = await there.post("/mcp/weather", **write_modern("tools/list"))
    assert (refused.status_code, refused.headers.get("www-authenticate")) == (502, None)


async def call(there: httpx2.AsyncClient) -> httpx2.Response:
    return await there.post("/mcp/weather", **write_modern("tools/call", {"name": "a", "arguments": {}}))


REPLY = {"jsonrpc": "2.0", "id": 1, "result": {"content": []}}


@pytest.mark.parametrize(
    ("body", "status", "media", "words"),
    [
        ({**REPLY, "id": 2}, 200, "application/json", "another request"),
        (b"<html>", 200, "text/html", "no message of MCP (status 200)"),
        (b"{", 200, "application/json", "no message of MCP"),
        ([REPLY], 200, "application/json", "no message of MCP"),
        ({"jsonrpc": "2.0", "id": 1}, 200, "application/json", "a message that is wrong"),
        ({"jsonrpc": "2.0", "id": 1, "method": "x"}, 200, "application/json", "no reply"),
        (b"", 500, "text/plain", "no message of MCP (status 500)"),
        (b"", 302, "text/plain", "redirects (302)"),
        (b"", 403, "text/plain", "does not let us in (403)"),
        (b"data: {}\n\n", 200, "text/event-stream", "a message that is wrong"),
        (b"data: x\n\n", 200, "text/event-stream", "no message of MCP"),
        (b": nothing\n\n", 200, "text/event-stream", "ended its stream without a reply"),
        (b"data: " + json.dumps({**REPLY, "id": "1"}).encode() + b"\n\n", 200, "text/event-stream", "another request"),
    ],
)
async def test_a_server_that_lies_is_cut_and_named(
    live: LiveServer, admin: Person, scripted: Scripted, body: Any, status: int, media: str, words: str
) -> None:
    async def reply(given: Any, send: Send) -> None:
        await send_whole(send, body, status, media)

    scripted.answer = reply
    await register(admin, scripted.url)
    answer = await call(live.client((await make_key(admin))["key"]))
    events = answer.headers["content-type"].startswith("text/event-stream")
    told = json.loads(answer.text.partition("data: ")[2].partition("\n")[0]) if events else answer.json()
    assert answer.status_code == (200 if events else 502), answer.text
    assert told["id"] == 1
    assert "The MCP server 'weather'" in told["error"]["message"]
    assert words in told["error"]["message"]
    assert await read_calls(admin) == [("a", "failed")]


async def test_a_refusal_in_words_of_its_own_keeps_its_status(
    live: LiveServer, admin: Person, scripted: Scripted
) -> None:
    async def reply(given: Any, send: Send) -> None:
        await send_whole(send, {"error": "Bad Request: Missing session ID"}, 400)

    scripted.answer = reply
    await register(admin, scripted.url)
    answer = await call(live.client((await make_key(admin))["key"]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)


async def test_one_that_floods_is_cut(live: LiveServer, admin: Person, scripted: Scripted) -> None:
    sent = 0

    async def reply(given: Any, send: Send) -> None:
        nonlocal sent
        await begin(send, media="application/json")
        while sent < 100 << 20:
            await push(send, b" " * (1 << 20))
            sent += 1 << 20

    scripted.answer = reply
    await register(admin, scripted.url)
    answer = await call(live.client((await make_key(admin))["key"]))
    assert answer.status_code == 502
    assert "more than 16 MiB" in answer.json()["error"]["message"]


async def test_one_that_goes_round_in_circles_is_cut(
    live: LiveServer, admin: Person, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_EVENTS", 50)

    async def reply(given: Any, send: Send) -> None:
        await begin(send)
        for _ in range(500):
            await push(send, b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n')

    scripted.answer = reply
    await register(admin, scripted.url)
    answer = await call(live.client((await make_key(admin))["key"]))
    assert answer.text.count("notifications/message") == 50
    assert "sent more than 50 events without a reply" in answer.text
    assert await read_calls(admin) == [("a", "failed")]


async def test_one_that_never_answers_is_cut(tmp_path: Path, scripted: Scripted) -> None:
    async def reply(given: Any, send: Send) -> None:
        await asyncio.Event().wait()

    scripted.answer = reply
    async with open_live_server(tmp_path / "x", first_byte_timeout=0.2) as live:
        admin = await live.admin()
        await register(admin, scripted.url)
        answer = await call(live.client((await make_key(admin))["key"]))
        assert answer.status_code == 504
        assert "The MCP server 'weather' failed" in answer.json()["error"]["message"]


async def test_who_hangs_up_ends_the_call_and_is_written_down(
    live: LiveServer, admin: Person, scripted: Scripted
) -> None:
    begun = asyncio.Event()

    async def reply(given: Any, send: Send) -> None:
        begun.set()
        await asyncio.Event().wait()

    scripted.answer = reply
    await register(admin, scripted.url)
    asking = asyncio.ensure_future(call(live.client((await make_key(admin))["key"])))
    await begun.wait()
    asking.cancel()

    async def look() -> Any:
        return await read_calls(admin)

    assert await eventually(look) == [("a", "failed")]


async def test_one_that_is_not_there_is_named(live: LiveServer, admin: Person) -> None:
    await register(admin, "http://127.0.0.1:9/mcp")
    answer = await call(live.client((await make_key(admin))["key"]))
    assert answer.status_code == 502
    assert "The MCP server 'weather' failed" in answer.json()["error"]["message"]
