"""Who made, cancelled, deleted and downloaded files and batches is in the audit log, without what was in them."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from anthropic import AsyncAnthropic

from tests.contract.batches.conftest import Shop, ask, write_lines
from tests.contract.live_server import eventually

CHAT: Any = "/v1/chat/completions"
SECRET = "the-words-of-a-request"


async def events(shop: Shop, **wanted: str) -> list[dict[str, Any]]:
    """The newest last."""
    found = await shop.there.get("/api/audit", params={"limit": "100", **wanted})
    assert found.status_code == 200
    return [one for one in found.json()[::-1] if one["action"].partition(".")[0] in {"files", "batches"}]


async def test_each_step_of_a_batch_is_an_event(shop: Shop) -> None:
    await shop.configure("one")
    client = shop.openai
    uploaded = await client.files.with_raw_response.create(
        file=("mine.jsonl", write_lines([ask(SECRET)])), purpose="batch"
    )
    file = uploaded.parse()
    batch = await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")

    async def look() -> Any:
        found = await client.batches.retrieve(batch.id)
        return found if found.status == "completed" else None

    ended = await eventually(look)
    await client.files.retrieve(ended.output_file_id)
    await client.files.content(ended.output_file_id)
    await client.files.delete(file.id)
    found = await events(shop)
    assert [(one["action"], one["targetType"], one["targetId"]) for one in found] == [
        ("files.create", "file", file.id),
        ("batches.create", "batch", batch.id),
        ("files.download", "file", ended.output_file_id),
        ("files.delete", "file", file.id),
    ]
    assert {(one["actorId"], one["outcome"], one["address"]) for one in found} == {(shop.admin.id, "ok", "127.0.0.1")}
    assert all(one["keyId"] for one in found)
    assert found[0]["requestId"] == uploaded.headers["x-request-id"]
    assert found[0]["after"] == {"name": "mine.jsonl", "purpose": "batch", "bytes": file.bytes}
    about = {"endpoint": CHAT, "model": "one", "place": "local", "requests": 1, "fileId": file.id}
    assert found[1]["after"] == about
    assert SECRET not in str(found)
    report = (await shop.there.get("/api/audit/verify")).json()
    assert report["valid"]


async def test_a_batch_that_is_cancelled_and_deleted_says_so_once(shop: Shop) -> None:
    await shop.configure("one")
    client = AsyncAnthropic(api_key=shop.key, base_url=shop.live.url, max_retries=0)
    shop.clients.append(client)
    message: Any = {"model": "one", "max_tokens": 9, "messages": [{"role": "user", "content": SECRET}]}
    batch = await client.messages.batches.create(requests=[{"custom_id": "a", "params": message}])

    async def ended() -> bool:
        return (await client.messages.batches.retrieve(batch.id)).processing_status == "ended"

    await eventually(ended)
    # What has ended stays as it is: nobody has cancelled it.
    await client.messages.batches.cancel(batch.id)
    async for _ in await client.messages.batches.results(batch.id):
        pass
    await client.messages.batches.delete(batch.id)
    found = await events(shop)
    assert [one["action"] for one in found] == ["batches.create", "files.download", "batches.delete"]
    assert found[1]["targetName"] == f"{batch.id}_output.jsonl"
    assert found[2]["before"]["endpoint"] == "/v1/messages"
    assert SECRET not in str(found)


async def test_attempts_at_what_is_others_are_noted_where_the_caller_is_at_home(shop: Shop) -> None:
    await shop.configure("one")
    client = shop.openai
    file = await client.files.create(file=("mine.jsonl", write_lines([ask("x")])), purpose="batch")
    batch = await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    application = (await shop.there.post("/api/applications", json={"name": "App"})).json()["id"]
    stranger = shop.openai_with(await shop.make_key(applicationId=application))
    for attempt in (
        stranger.files.retrieve(file.id),
        stranger.files.content(file.id),
        stranger.files.delete(file.id),
        stranger.batches.retrieve(batch.id),
        stranger.batches.cancel(batch.id),
        # An id that nobody has is a slip of the pen.
        stranger.files.retrieve("file-0"),
        stranger.batches.retrieve("batch_0"),
    ):
        with pytest.raises(openai.NotFoundError):
            await attempt
    with pytest.raises(openai.BadRequestError, match="input_file_id"):
        await stranger.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    found = await events(shop, outcome="refused")
    assert [(one["action"], one["targetId"]) for one in found] == [
        ("files.read", file.id),
        ("files.read", file.id),
        ("files.delete", file.id),
        ("batches.read", batch.id),
        ("batches.cancel", batch.id),
        ("files.read", file.id),
    ]
