"""What traffic control is told and cannot be: refused by the name of the field, with what to do instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio

from tests.contract.batches.conftest import ask, write_lines
from tests.contract.live_server import LiveServer, open_live_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUDGET = {"name": "b", "amount": "1", "period": "day"}
LIMIT = {"subject": "key", "measure": "requests"}
PRICE = {"provider": "openai", "model": "gpt-4o-mini"}
POLICY = {"name": "p", "content": "", "riskType": "LOW", "actionType": 2}
METADATA = "http://169.254.169.254/latest/meta-data"
ORDER = {"endpoint": "/v1/chat/completions", "completion_window": "24h"}

WRONG: tuple[tuple[str, str, dict[str, Any], str, str], ...] = (
    ("POST", "/api/budgets", {**BUDGET, "currency": "EUR"}, "currency", "must be 'USD'"),
    ("POST", "/api/budgets", {**BUDGET, "timeZone": "Mars/Olympus"}, "timeZone", "such as 'Europe/Berlin'"),
    ("POST", "/api/budgets", {**BUDGET, "timeZone": "localtime"}, "timeZone", "such as 'Europe/Berlin'"),
    ("POST", "/api/budgets", {**BUDGET, "amount": -1}, "amount", "must be more than 0"),
    ("POST", "/api/budgets", {**BUDGET, "defaultPrice": {"input": -1, "output": 1}},
     "defaultPrice.input", "from 0 to 10,000 US dollars"),
    ("POST", "/api/usage/corrections", {"amountUSD": "much", "reason": "x"}, "amountUSD", "must be a decimal number"),
    ("POST", "/api/usage/corrections", {"amountUSD": "0.0000000001", "reason": "x"}, "amountUSD", "9 decimal places"),
    ("POST", "/api/limits", {**LIMIT, "amount": 0}, "amount", "To stop calls altogether"),
    ("PUT", "/api/routes/{route}", {"targets": [{"configurationId": "{route}"}]},
     "targets[0].configurationId", "Name a configuration: a route never leads to a route"),
    ("POST", "/api/alerts/channels", {"kind": "webhook", "name": "w", "url": METADATA},
     "url", "Name an address that is public"),
    ("POST", "/policy", {**POLICY, "rule": {"kind": "patterns", "patterns": ["\\w{1000}"]}},
     "rule.patterns[0]", "it would be slow; use smaller counts"),
    ("PUT", "/api/configurations/{one}", {"caching": {"ttlSeconds": 86_401}},
     "caching.ttlSeconds", "Choose less, or keep conversations longer"),
    ("POST", "/api/prices", {**PRICE, "prices": {"input": -0.1}}, "prices.input", "between 0 and 1,000,000 US dollars"),
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveServer]:
    folder: Path = tmp_path_factory.mktemp("place")
    async with open_live_server(folder, keep_conversations_days=1, cache_seconds=200_000) as live:
        yield live


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ids(place: LiveServer) -> dict[str, str]:
    there = (await place.admin()).client
    one = {"name": "one", "provider": "demo", "model": "demo-chat", "shared": True}
    configuration_id = (await there.post("/api/configurations", json=one)).json()["id"]
    route = {"name": "r", "targets": [{"configurationId": configuration_id}]}
    return {"one": configuration_id, "route": (await there.post("/api/routes", json=route)).json()["id"]}


def put(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, str):
        return ids.get(value.strip("{}"), value)
    if isinstance(value, dict):
        return {name: put(each, ids) for name, each in value.items()}
    return [put(each, ids) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "remedy"), WRONG, ids=[f"{row[1]} {row[3]}" for row in WRONG]
)
async def test_it_names_the_field_and_the_remedy(
    place: LiveServer, ids: dict[str, str], method: str, path: str, body: dict[str, Any], field: str, remedy: str
) -> None:
    there = (await place.admin()).client
    answer: httpx2.Response = await there.request(method, path.format(**ids), json=put(body, ids))
    assert answer.status_code == 400, answer.text
    # `/policy` tells all in one message.
    told = [f"{one['field']}: {one['message']}" for one in answer.json().get("errors", ())] or [
        answer.json()["message"]
    ]
    assert len(told) == 1
    assert told[0].startswith(f"{field}: ")
    assert remedy in told[0]


async def test_a_batch_of_another_tenants_file_says_to_upload_it(place: LiveServer, ids: dict[str, str]) -> None:
    admin = await place.admin()
    stranger = await place.add_user(admin, "stranger@example.com")
    content = write_lines([ask("hello")])
    files = {"file": ("r.jsonl", content)}
    file = (await admin.client.post("/v1/files", data={"purpose": "batch"}, files=files)).json()
    answer = await stranger.client.post("/v1/batches", json={**ORDER, "input_file_id": file["id"]})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["param"] == "input_file_id"
    assert "Upload it to /v1/files first" in error["message"]


async def test_a_batch_file_of_200_mb_is_refused_before_it_is_sent(place: LiveServer) -> None:
    key = await (await place.admin()).make_key(name="big")
    at = urlsplit(place.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    head = f"authorization: Bearer {key['key']}\r\ncontent-type: multipart/form-data; boundary=b"
    size = f"content-length: {200 << 20}\r\nconnection: close"
    writer.write(f"POST /v1/files HTTP/1.1\r\nhost: x\r\n{head}\r\n{size}\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    # Not 413: OpenAI's SDKs would have it as an error without a class of its own.
    assert answer.startswith("HTTP/1.1 400 ")
    assert "file: has at most 100 MiB" in answer
    assert "Make several of it, or have TRUNKLINE_MAX_FILE_MB raised" in answer
