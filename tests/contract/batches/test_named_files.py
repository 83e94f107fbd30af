"""Batches whose requests name files, through OpenAI's and Anthropic's own clients."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest

from tests.contract.batches.conftest import Shop, write_lines
from tests.contract.batches.test_anthropic_batches import client_of, read, wait
from tests.contract.batches.test_local_batches import run
from tests.contract.batches.vendors import Anthropic, OpenAI, serve

PDF = b"%PDF-1.7 a report"
LOCAL = {"x-trunkline-batch": "local"}


@pytest.fixture
async def gpt(shop: Shop) -> AsyncIterator[OpenAI]:
    """OpenAI, behind the configuration ``gpt``."""
    vendor = OpenAI()
    async with serve(vendor) as url:
        await shop.configure("gpt", "openai", "gpt-4o-mini", apiKey="sk-proj-1234567890abcdef", baseUrl=f"{url}/v1")
        yield vendor


@pytest.fixture
async def claude(shop: Shop) -> AsyncIterator[Anthropic]:
    """Anthropic, behind the configuration ``claude``."""
    vendor = Anthropic()
    async with serve(vendor) as url:
        await shop.configure(
            "claude", "anthropic", "claude-haiku-4-5", apiKey="sk-ant-1234567890abcdefghijkl", baseUrl=url
        )
        yield vendor


@pytest.fixture
async def client(shop: Shop) -> anthropic.AsyncAnthropic:
    return client_of(shop, shop.key)


async def keep(client: openai.AsyncOpenAI, at: str) -> str:
    headers = {"x-trunkline-configuration": at}
    file: Any = ("a.pdf", PDF, "application/pdf")
    return (await client.files.create(file=file, purpose="user_data", extra_headers=headers)).id


def chat(file_id: str, model: str = "gpt") -> dict[str, Any]:
    content = [{"type": "file", "file": {"file_id": file_id}}, {"type": "text", "text": "Read."}]
    return {"model": model, "messages": [{"role": "user", "content": content}]}


def message(file_id: str, model: str = "claude") -> Any:
    block = {"type": "document", "source": {"type": "file", "file_id": file_id}}
    params = {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": [block]}]}
    return {"custom_id": "a", "params": params}


async def begin(client: openai.AsyncOpenAI, lines: bytes, endpoint: Any = "/v1/chat/completions", **more: Any) -> Any:
    file = await client.files.create(file=("r.jsonl", lines), purpose="batch")
    return await client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", **more)


async def test_openai_is_handed_its_own_ids(shop: Shop, gpt: OpenAI) -> None:
    client = shop.openai
    file_id = await keep(client, "gpt")
    await begin(client, write_lines([chat(file_id), chat(file_id)]))
    responses = {"model": "gpt", "input": [{"role": "user", "content": [{"type": "input_file", "file_id": file_id}]}]}
    await begin(client, write_lines([responses], "/v1/responses"), "/v1/responses")
    first, second = gpt.requests.values()
    for line in first:
        assert line["body"]["messages"][0]["content"][0]["file"] == {"file_id": "file-Kept1"}
    assert second[0]["body"]["input"][0]["content"] == [{"type": "input_file", "file_id": "file-Kept1"}]


async def test_anthropic_is_handed_its_own_ids_and_hears_of_files(
    shop: Shop, claude: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    file_id = await keep(shop.openai, "claude")
    await client.messages.batches.create(requests=[message(file_id)])
    (sent,) = claude.requests.values()
    source = {"type": "file", "file_id": "file_Kept1"}
    assert sent[0]["params"]["messages"][0]["content"] == [{"type": "document", "source": source}]
    assert claude.headers["anthropic-beta"] == "files-api-2025-04-14"


async def test_who_runs_batches_here_is_sent_what_is_in_them(
    shop: Shop, gpt: OpenAI, claude: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    file_id = await keep(shop.openai, "claude")
    data = base64.b64encode(PDF).decode()
    asked: Any = [message(file_id, "gpt")]
    batch = await client.messages.batches.create(requests=asked)
    assert (await wait(client, batch.id)).request_counts.succeeded == 1
    sent = gpt.calls[-1]["messages"][0]["content"][0]["file"]
    assert sent["file_data"] == f"data:application/pdf;base64,{data}"
    # Of the configuration that keeps it, the provider hears its id, also line by line.
    batch = await client.messages.batches.create(requests=[message(file_id)], extra_headers=LOCAL)
    assert (await wait(client, batch.id)).request_counts.succeeded == 1
    assert claude.calls[-1]["messages"][0]["content"][0]["source"] == {"type": "file", "file_id": "file_Kept1"}
    ended = await run(shop.openai, write_lines([chat(file_id, "claude")]))
    assert (ended.status, ended.request_counts.completed) == ("completed", 1)
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    assert claude.calls[-1]["messages"][0]["content"][0]["source"] == source
    # What is gone by the time that it is needed is an error of that request alone.
    requests = [message(file_id, "gpt"), {**message(file_id, "gpt"), "custom_id": "b"}]
    requests[1]["params"]["messages"][0]["content"] = [{"type": "container_upload", "file_id": file_id}]
    batch = await client.messages.batches.create(requests=requests)
    assert (await wait(client, batch.id)).request_counts.model_dump() == {
        "processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 0,
    }  # fmt: skip
    error = (await read(client, batch.id))["b"].error.error
    assert error.type == "invalid_request_error"
    assert "messages.0.content.0.file_id: names a file" in error.message


async def test_a_line_that_names_what_cannot_be_is_named_before_anything_is_sent(
    shop: Shop, gpt: OpenAI, claude: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    await shop.configure("demo")
    mine = await keep(shop.openai, "claude")
    application = (await shop.there.post("/api/applications", json={"name": "App"})).json()["id"]
    stranger = shop.openai_with(await shop.make_key(applicationId=application))
    place = r"messages\.0\.content\.0\.file\.file_id"
    for attempt, told in (
        (begin(shop.openai, write_lines([chat(mine)])), f"line 1: {place}: names a file that is not in the account"),
        (begin(stranger, write_lines([chat(mine)])), f"line 1: {place}: There is no file"),
        (begin(stranger, write_lines([chat(mine, "demo")])), f"line 1: {place}: There is no file"),
    ):
        with pytest.raises(openai.BadRequestError, match=told):
            await attempt
    requests: Any = [message(mine), {**message(f"file-{'0' * 32}"), "custom_id": "b"}]
    told = r"line 2: messages\.0\.content\.0\.source\.file_id: There is no"
    with pytest.raises(anthropic.BadRequestError, match=told):
        await client.messages.batches.create(requests=requests)
    assert (gpt.batches, claude.batches) == ({}, {})
