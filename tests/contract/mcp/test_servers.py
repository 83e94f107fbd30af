"""``/api/mcp-servers``: what is taken and refused, secrets that never come out again, and the test of a server."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.contract.live_server import open_live_server
from tests.contract.local_installation import Person
from tests.contract.mcp.upstream import (
    Reference,
    Scripted,
    Send,
    begin,
    push,
    send_whole,
)
from tests.contract.sealing import seal

PATH = "/api/mcp-servers"


async def make(there: httpx2.AsyncClient, url: str, **fields: Any) -> dict[str, Any]:
    answer = await there.post(PATH, json={"name": "weather", "url": url, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_it_is_made_changed_and_deleted(admin: Person) -> None:
    made = await make(admin.client, "https://mcp.example.com/mcp?token=s3cret")
    path = f"{PATH}/{made['id']}"
    assert (made["auth"], made["tools"], made["keys"], made["enabled"]) == ("none", None, None, True)
    changed = await admin.client.put(path, json={"tools": ["a", "a", "b"]}, headers={"if-match": '"1"'})
    assert (changed.json()["tools"], changed.headers["etag"]) == (["a", "b"], '"2"')
    assert (await admin.client.put(path, json={"name": "x"}, headers={"if-match": '"1"'})).status_code == 412
    assert (await admin.client.put(path, json={"tools": None})).json()["tools"] is None
    assert [one["id"] for one in (await admin.client.get(PATH)).json()] == [made["id"]]
    assert (await admin.client.post(PATH, json={"name": "weather", "url": "https://x.example"})).status_code == 409
    assert (await admin.client.delete(path)).status_code == 200
    assert (await admin.client.get(path)).status_code == 404
    log = await admin.client.get("/api/audit?targetType=mcp_server")
    assert [event["action"].partition(".")[2] for event in log.json()] == ["delete", "update", "update", "create"]
    assert "s3cret" not in log.text


async def test_a_mask_stands_for_the_value_that_it_shows(admin: Person, scripted: Scripted) -> None:
    async def answer(given: Any, send: Send) -> None:
        await send_whole(send, b"<html>", 200, "text/html")

    scripted.answer = answer
    made = await make(
        admin.client, scripted.url, auth="headers", headers={"X-A": "a-long-value", "X-B": "b-long-value"}
    )
    path = f"{PATH}/{made['id']}"
    changed = await admin.client.put(path, json={**made, "headers": {"X-A": made["headers"]["X-A"], "X-C": "c-value"}})
    assert changed.status_code == 200, changed.text
    await admin.client.post(f"{path}/test")
    sent = scripted.came[-1][0]
    assert (sent["x-a"], sent["x-c"], "x-b" in sent) == ("a-long-value", "c-value", False)
    wrong = await admin.client.put(path, json={"headers": {"X-Z": "…long"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "headers.X-Z")


async def test_values_of_headers_go_in_and_never_come_out(admin: Person) -> None:
    secret = "Bearer a-long-secret-value"
    made = await make(admin.client, "https://x.example", auth="headers", headers={"Authorization": secret})
    path = f"{PATH}/{made['id']}"
    assert made["headers"] == {"Authorization": f"…{secret[-4:]}"}
    moved = await admin.client.put(path, json={"url": "https://y.example"})
    assert (moved.status_code, moved.json()["errors"][0]["field"]) == (400, "headers")
    assert (await admin.client.put(path, json={"url": "https://x.example/mcp"})).status_code == 200
    anew = {"url": "https://y.example", "headers": {"X-Key": "another-secret"}}
    put = (await admin.client.put(path, json=anew)).json()
    assert list(put["headers"]) == ["X-Key"]
    assert "another-secret" not in str(put)
    assert (await admin.client.put(path, json={"auth": "none"})).json()["headers"] == {}
    for answer in (await admin.client.get(path), await admin.client.get("/api/audit")):
        assert secret not in answer.text


async def test_secrets_that_the_browser_sealed_are_opened(admin: Person, scripted: Scripted) -> None:
    async def answer(given: Any, send: Send) -> None:
        await send_whole(send, b"<html>", 200, "text/html")

    scripted.answer = answer
    home = await admin.personal()
    sealed = await seal(admin, home, "Bearer a-long-secret-value", scripted.url)
    made = await make(admin.client, f"{scripted.url}/mcp", auth="headers", headers={"Authorization": sealed})
    assert made["headers"] == {"Authorization": "…alue"}
    await admin.client.post(f"{PATH}/{made['id']}/test")
    assert scripted.came[-1][0]["authorization"] == "Bearer a-long-secret-value"
    elsewhere = await seal(admin, home, "Bearer a-long-secret-value", "https://x.example:443")
    wrong = await admin.client.put(f"{PATH}/{made['id']}", json={"headers": {"Authorization": elsewhere}})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "headers.Authorization")
    # A client secret goes to the token endpoint, wherever the server is.
    secret = await seal(admin, home, "oauthsecretvaluex7Qd", "https://login.example:443")
    oauth = {"auth": "oauth", "tokenUrl": "https://login.example/token", "clientId": "x", "clientSecret": secret}
    changed = await admin.client.put(f"{PATH}/{made['id']}", json=oauth)
    assert (changed.status_code, changed.json().get("secretMask")) == (200, "…x7Qd"), changed.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Weather"}, "name"),
        ({"name": "a/b"}, "name"),
        ({"url": "ftp://x.example"}, "url"),
        ({"url": "http://169.254.169.254/"}, "url"),
        ({"auth": "headers"}, "headers"),
        ({"auth": "headers", "headers": {}}, "headers"),
        ({"auth": "headers", "headers": {"Mcp-Session-Id": "x"}}, "headers.Mcp-Session-Id"),
        ({"auth": "headers", "headers": {"Host": "x"}}, "headers.Host"),
        ({"headers": {"X-Key": "x"}}, "headers"),
        ({"auth": "oauth", "clientId": "x", "clientSecret": "x"}, "tokenUrl"),
        ({"auth": "oauth", "tokenUrl": "https://x.example", "clientSecret": "x"}, "clientId"),
        ({"auth": "oauth", "tokenUrl": "https://x.example", "clientId": "x"}, "clientSecret"),
        ({"auth": "oauth", "tokenUrl": "http://10.0.0.1/", "clientId": "x", "clientSecret": "x"}, "tokenUrl"),
        ({"keys": [{"keyId": "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"}]}, "keys[0].keyId"),
    ],
)
async def test_what_is_wrong_is_named(admin: Person, body: dict[str, Any], field: str) -> None:
    answer = await admin.client.post(PATH, json={"name": "x", "url": "https://x.example", **body})
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_test_lists_tools(admin: Person, reference: Reference) -> None:
    made = await make(admin.client, reference.url)
    told = (await admin.client.post(f"{PATH}/{made['id']}/test")).json()
    assert (told["ok"], told["reason"], told["revision"]) == (True, None, "2026-07-28")
    assert told["tools"][0] == {"name": "forecast", "description": "Tell the weather."}
    assert [tool["name"] for tool in told["tools"]] == ["forecast", "count", "flood"]


async def test_the_test_shakes_hands_with_an_older_server(admin: Person, scripted: Scripted) -> None:
    async def answer(given: Any, send: Send) -> None:
        method = (given or {}).get("method")
        if method == "initialize":
            result = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {"name": "x", "version": "1"}}
            await send_whole(send, {"jsonrpc": "2.0", "id": 1, "result": result}, mcp_session_id="s-1")
        elif method == "tools/list" and "mcp-session-id" in scripted.came[-1][0]:
            await begin(send)
            await push(send, b'data: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"}]}}\n\n')
        else:
            told = str(method).startswith("notifications/")
            await send_whole(send, b"", 200 if given is None else 202 if told else 400)

    scripted.answer = answer
    made = await make(admin.client, scripted.url)
    told = (await admin.client.post(f"{PATH}/{made['id']}/test")).json()
    assert told == {**told, "ok": True, "revision": "2025-06-18", "tools": [{"name": "a", "description": None}]}
    assert scripted.came[-1][0]["mcp-session-id"] == "s-1"
    assert scripted.came[-1][1] == b""


async def test_the_test_says_what_is_wrong(admin: Person, scripted: Scripted) -> None:
    async def answer(given: Any, send: Send) -> None:
        await send_whole(send, b"<html>", 200, "text/html")

    scripted.answer = answer
    made = await make(admin.client, scripted.url)
    told = (await admin.client.post(f"{PATH}/{made['id']}/test")).json()
    assert (told["ok"], told["reason"]) == (
        False,
        "The MCP server 'weather' answered what is no message of MCP (status 200).",
    )


async def test_a_place_that_may_not_be_called_is_refused(tmp_path: Any) -> None:
    async with open_live_server(tmp_path / "x", local_upstreams="none") as live:
        admin = await live.admin()
        answer = await admin.client.post(PATH, json={"name": "x", "url": "http://127.0.0.1:9/mcp"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "url")
