"""The main job: configure providers, call them with the official SDK, and read what was used, to the token."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.e2e.server import Server, wait_for
from tests.upstreams import aimock, checked

MODELS = {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-sonnet-4-20250514",
    "gemini": "gemini-2.5-flash",
    "ollama": "llama3.2",
    "openrouter": "openai/gpt-4o-mini",
}
HELLO = "Hello from the other side — 你好, \u2028 done."

pytestmark = pytest.mark.needs_node


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """The address of aimock, where each request is held to its vendor's rules."""
    with aimock.start() as running, checked.before(running.port) as url:
        yield url


@pytest.fixture(scope="module")
def keyless_mock() -> Iterator[str]:
    with aimock.start(key="") as running, checked.before(running.port) as url:
        yield url


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("main-job"))
    server.starts_from_nothing = True
    server.start()
    server.sign_in()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def ids(server: Server, mock: str, keyless_mock: str) -> dict[str, str]:
    """A configuration of each provider, by name."""
    made: dict[str, str] = {}
    for provider, model in MODELS.items():
        base = {"openrouter": f"{mock}/api/v1", "ollama": keyless_mock}.get(provider, mock)
        entry: dict[str, Any] = {"name": provider, "provider": provider, "model": model, "baseUrl": base}
        if provider != "ollama":
            entry["apiKey"] = aimock.KEY
        status, answer = server.ask("POST", "/api/configurations", entry)
        assert status == 201, answer
        made[provider] = answer["id"]
    return made


@pytest.mark.parametrize("provider", MODELS)
def test_usage_and_cost_stand_to_the_token(server: Server, ids: dict[str, str], provider: str) -> None:
    key = server.make_key()
    ask: Any = {"model": provider, "messages": [{"role": "user", "content": "say hello"}]}
    spent: list[tuple[int, int]] = []
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as client:
        whole = client.chat.completions.create(**ask)
        assert whole.choices[0].message.content == HELLO
        assert whole.usage is not None
        spent.append((whole.usage.prompt_tokens, whole.usage.completion_tokens))
        chunks = list(client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == HELLO
        told = next(chunk.usage for chunk in chunks if chunk.usage)
        spent.append((told.prompt_tokens, told.completion_tokens))

    async def call_async() -> None:
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as client:
            answer = await client.chat.completions.create(**ask)
            assert answer.usage is not None
            spent.append((answer.usage.prompt_tokens, answer.usage.completion_tokens))
            stream = await client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True})
            usages = [chunk.usage async for chunk in stream if chunk.usage]
            spent.append((usages[-1].prompt_tokens, usages[-1].completion_tokens))

    asyncio.run(call_async())

    def usage() -> Any:
        status, answer = server.ask("GET", f"/api/configurations/{ids[provider]}/usage")
        assert status == 200, answer
        return answer if answer["requestCount"] == 4 else None

    answer = wait_for(usage)
    assert answer["tokenCount"] == sum(inputs + outputs for inputs, outputs in spent)
    assert answer["errorRate"] == 0
    assert answer["lastUsed"]
    events = server.rows(
        "SELECT input_tokens, output_tokens, cost_nanos, price_source FROM usage_events WHERE configuration_id = ?"
        " ORDER BY opened_at",
        ids[provider],
    )
    assert [(inputs, outputs) for inputs, outputs, _, _ in events] == spent
    assert answer["costUSD"] == pytest.approx(sum(cost for _, _, cost, _ in events) / 1e9, abs=1e-12)
    if provider == "openai":
        # gpt-4o-mini: $0.15 and $0.60 per million tokens.
        assert [cost for _, _, cost, _ in events] == [21 * 150 + 9 * 600] * 4
    if provider == "ollama":
        assert {source for *_, source in events} == {"local"}


@pytest.mark.parametrize("provider", MODELS)
def test_connection_test_tells_each_stage(server: Server, ids: dict[str, str], provider: str) -> None:
    status, answer = server.ask("POST", f"/api/configurations/{ids[provider]}/test?force=true")
    assert status == 200
    names = [stage["name"] for stage in answer["stages"]]
    assert (names[:2], names[-1]) == (["dns", "tcp"], "stream"), answer
    assert all("ms" in stage for stage in answer["stages"])
    assert (answer["success"], answer["status"], answer["cached"]) == (True, "success", False), answer
    assert server.ask("GET", f"/api/configurations/{ids[provider]}")[1]["testStatus"] == "success"


def test_key_is_found_nowhere(server: Server, ids: dict[str, str]) -> None:
    secret = aimock.KEY.encode()
    assert server.ask("GET", "/api/audit")[0] == 200
    for path in ("/api/configurations", f"/api/configurations/{ids['openai']}", "/api/audit?limit=100"):
        assert aimock.KEY not in str(server.ask("GET", path)[1])
    server.stop()
    for file in [*server.data.rglob("*"), server.log]:
        if file.is_file():
            assert secret not in file.read_bytes(), f"the key stands in {file.name}"
    server.start()


def test_second_start_is_quiet(server: Server) -> None:
    text = server.log.read_text()
    assert text.count("shown once") == 1
    assert "setup?token" not in text


def test_folder_is_private(server: Server) -> None:
    assert server.data.stat().st_mode & 0o077 == 0
    assert (server.data / "root.key").stat().st_mode & 0o777 == 0o600
    assert Path(server.data / "trunkline.db").stat().st_mode & 0o077 == 0
