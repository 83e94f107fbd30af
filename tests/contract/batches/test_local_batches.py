"""Batches of models whose providers have none: Trunkline makes the calls itself, each as any other."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

from tests.contract.batches.conftest import Shop, ask, write_lines
from tests.contract.batches.vendors import OpenAI, serve
from tests.contract.live_server import eventually


async def run(client: openai.AsyncOpenAI, content: bytes, endpoint: Any = "/v1/chat/completions") -> Any:
    """A batch of ``content``, when it has ended."""
    file = await client.files.create(file=("requests.jsonl", content), purpose="batch")
    batch = await client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")

    async def look() -> Any:
        found = await client.batches.retrieve(batch.id)
        return found if found.status not in {"in_progress", "cancelling"} else None

    return await eventually(look)


async def read(client: openai.AsyncOpenAI, file_id: str) -> list[dict[str, Any]]:
    content = await client.files.content(file_id)
    return [json.loads(line) for line in content.text.splitlines()]


async def test_each_line_is_a_call_with_its_result_and_its_place_in_the_books(shop: Shop) -> None:
    await shop.configure("one")
    client = shop.openai
    batch = await run(client, write_lines([ask("first"), ask("second"), ask("third")]))
    assert (batch.status, batch.errors) == ("completed", None)
    assert batch.request_counts.model_dump() == {"total": 3, "completed": 3, "failed": 0}
    assert batch.error_file_id is None
    results = await read(client, batch.output_file_id)
    assert [result["custom_id"] for result in results] == ["r-1", "r-2", "r-3"]
    for result in results:
        assert result["error"] is None
        assert result["response"]["status_code"] == 200
        assert result["response"]["body"]["choices"][0]["message"]["content"]
    calls = await shop.list_calls(3)
    assert len({call["id"] for call in calls}) == 3
    spent = sum(result["response"]["body"]["usage"]["total_tokens"] for result in results)
    assert sum(call["inputTokens"] + call["outputTokens"] for call in calls) == spent


async def test_what_fails_is_in_a_file_of_its_own(shop: Shop) -> None:
    client, vendor = shop.openai, OpenAI()
    async with serve(vendor) as url:
        await shop.configure("one", "custom", "m", baseUrl=f"{url}/v1", apiKey="a-key")
        batch = await run(client, write_lines([ask("first"), ask("bad")]))
    assert batch.request_counts.model_dump() == {"total": 2, "completed": 1, "failed": 1}
    (failed,) = await read(client, batch.error_file_id)
    assert (failed["custom_id"], failed["response"]["status_code"]) == ("r-2", 400)
    assert "bad content" in failed["response"]["body"]["error"]["message"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (ask("x", model="nothing"), "line 2"),
        (ask("x", stream=True), "line 2: stream"),
    ],
)
async def test_a_line_that_cannot_be_is_named(shop: Shop, line: dict[str, Any], words: str) -> None:
    await shop.configure("one")
    client = shop.openai
    file = await client.files.create(file=("r.jsonl", write_lines([ask("x"), line])), purpose="batch")
    with pytest.raises(openai.BadRequestError) as refused:
        await client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    assert words in refused.value.message
    assert (await client.batches.list()).data == []


async def test_a_file_over_the_limit_is_refused(shop: Shop) -> None:
    place = urlsplit(shop.live.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    head = f"authorization: Bearer {shop.key}\r\ncontent-type: multipart/form-data; boundary=b"
    length = f"content-length: {200 << 20}\r\nconnection: close"
    writer.write(f"POST /v1/files HTTP/1.1\r\nhost: x\r\n{head}\r\n{length}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"param":"file"' in answer
    assert b"TRUNKLINE_MAX_FILE_MB" in answer
    assert (await shop.openai.files.list()).data == []
