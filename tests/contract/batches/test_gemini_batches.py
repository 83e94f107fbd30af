"""Gemini's batches through Google's own client: run by Gemini, or here by any other provider."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from google import genai
from google.genai.errors import ClientError

from tests.contract.batches.conftest import Shop
from tests.contract.batches.vendors import Gemini, serve
from tests.contract.live_server import eventually


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[Gemini]:
    """Gemini, behind the configuration ``flash``."""
    vendor = Gemini()
    async with serve(vendor) as url:
        await shop.configure("flash", "gemini", "gemini-2.5-flash", apiKey="AIza1234567890abcdefghijkl", baseUrl=url)
        yield vendor


def client_of(shop: Shop, key: str) -> Any:
    return genai.Client(api_key=key, http_options={"base_url": shop.live.url}).aio


def request(text: str) -> Any:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


async def wait(client: Any, name: str) -> Any:
    async def look() -> Any:
        found = await client.batches.get(name=name)
        return found if found.done else None

    return await eventually(look)


async def test_the_provider_runs_it(shop: Shop, vendor: Gemini) -> None:
    client = client_of(shop, shop.key)
    batch = await client.batches.create(
        model="flash", src=[request("hello"), request("bad")], config={"display_name": "night"}
    )
    assert (batch.display_name, batch.state.name) == ("night", "JOB_STATE_RUNNING")
    assert vendor.asked[0] == "POST /v1beta/models/gemini-2.5-flash:batchGenerateContent"
    vendor.finish()
    ended = await wait(client, batch.name)
    assert ended.state.name == "JOB_STATE_SUCCEEDED"
    first, second = ended.dest.inlined_responses
    assert first.response.text == "Hello."
    assert second.error.message == "bad"
    calls = await shop.list_calls(2)
    # A million tokens of Flash cost 0.30 and 2.50 dollars, of which a batch pays half.
    assert [call["costUSD"] for call in calls if call["outcome"] == "ok"] == [0.000275]
    assert vendor.deleted == ["b1"]


async def test_another_provider_is_asked_line_by_line_and_others_have_no_part_in_it(shop: Shop) -> None:
    await shop.configure("one")
    client = client_of(shop, shop.key)
    batch = await client.batches.create(model="one", src=[request("hello"), request("you")])
    ended = await wait(client, batch.name)
    assert all(one.response.text for one in ended.dest.inlined_responses)
    assert [one.name async for one in await client.batches.list()] == [batch.name]
    stranger = client_of(shop, (await shop.admin.make_key(name="Mine"))["key"])
    assert [one.name async for one in await stranger.batches.list()] == []
    for attempt in (stranger.batches.get(name=batch.name), stranger.batches.cancel(name=batch.name)):
        with pytest.raises(ClientError) as refused:
            await attempt
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    await client.batches.delete(name=batch.name)
    assert [one.name async for one in await client.batches.list()] == []


async def upload(client: Any, lines: list[Any], **config: Any) -> Any:
    """A file of requests, uploaded as Google's client does it: an address first, then the pieces without a key."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return await client.files.upload(file=io.BytesIO(body), config={"mime_type": "application/jsonl", **config})


async def read_lines(client: Any, name: str) -> list[Any]:
    return [json.loads(line) for line in (await client.files.download(file=name)).splitlines()]


async def test_requests_come_in_a_file_and_so_do_the_answers(shop: Shop, vendor: Gemini) -> None:
    client = client_of(shop, shop.key)
    lines = [{"key": "one", "request": request("hello")}, {"key": "two", "request": request("bad")}]
    file = await upload(client, lines, display_name="night.jsonl")
    assert (file.display_name, file.size_bytes, file.state.name) == ("night.jsonl", len(
        b"".join(json.dumps(line).encode() + b"\n" for line in lines)), "ACTIVE")  # fmt: skip
    batch = await client.batches.create(model="flash", src=file.name)
    assert [asked for asked in vendor.asked if asked.startswith("POST")] == [
        "POST /upload/v1beta/files",
        "POST /v1beta/models/gemini-2.5-flash:batchGenerateContent",
    ]
    vendor.finish()
    ended = await wait(client, batch.name)
    # What the vendor gives in another order is told apart by the keys.
    results = {line["key"]: line for line in await read_lines(client, ended.dest.file_name)}
    assert results["one"]["response"]["candidates"][0]["content"]["parts"][0]["text"] == "Hello."
    assert results["two"]["error"]["message"] == "bad"
    calls = await shop.list_calls(2)
    assert [call["costUSD"] for call in calls if call["outcome"] == "ok"] == [0.000275]
    assert sorted(vendor.deleted) == ["b1", "in1", "out"]
    assert [one.name async for one in await client.files.list()] == [ended.dest.file_name, file.name]
    await client.files.delete(name=file.name)
    assert [one.name async for one in await client.files.list()] == [ended.dest.file_name]


async def test_embeddings_are_batched_inline_and_in_a_file_at_the_price_of_batches(shop: Shop, vendor: Gemini) -> None:
    await shop.configure(
        "embedding", "gemini", "gemini-embedding-001", apiKey="AIza1234567890abcdefghijkl", baseUrl=vendor.url
    )
    client = client_of(shop, shop.key)
    vendor.finish()
    inline = await client.batches.create_embeddings(
        model="embedding", src={"inlined_requests": {"contents": ["Why?", "Because."]}}
    )
    ended = await wait(client, inline.name)
    assert [one.response.embedding.values for one in ended.dest.inlined_embed_content_responses] == [[0.5, 0.25]] * 2
    # A million tokens cost 0.15 dollars, of which a batch pays half.
    assert [call["costUSD"] for call in await shop.list_calls(2)] == [0.000075] * 2
    content = {"parts": [{"text": "Why is the sky blue?"}]}
    file = await upload(client, [{"key": "sky", "request": {"content": content, "output_dimensionality": 2}}])
    vendor.tells_tokens = False
    batch = await client.batches.create_embeddings(model="embedding", src={"file_name": file.name})
    ended = await wait(client, batch.name)
    (line,) = await read_lines(client, ended.dest.file_name)
    assert (line["key"], line["response"]["embedding"]["values"]) == ("sky", [0.5, 0.25])
    assert vendor.requests["batches/b2"][0]["request"]["outputDimensionality"] == 2
    newest = (await shop.list_calls(3))[0]
    assert (newest["usageEstimated"], newest["inputTokens"] > 0) == (True, True), newest


async def test_files_and_embeddings_run_here_where_the_provider_has_no_batches(shop: Shop) -> None:
    await shop.configure("one")
    client = client_of(shop, shop.key)
    file = await upload(client, [{"key": f"k-{number}", "request": request("hello")} for number in range(3)])
    batch = await client.batches.create(model="one", src=file.name)
    ended = await wait(client, batch.name)
    results = await read_lines(client, ended.dest.file_name)
    assert [line["key"] for line in results] == ["k-0", "k-1", "k-2"]
    assert all(line["response"]["candidates"] for line in results)
    await shop.configure("vectors", model="demo-embeddings")
    batch = await client.batches.create_embeddings(
        model="vectors", src={"inlined_requests": {"contents": ["Why?", "Because."]}}
    )
    ended = await wait(client, batch.name)
    assert all(one.response.embedding.values for one in ended.dest.inlined_embed_content_responses)


async def test_a_large_file_comes_in_pieces(shop: Shop) -> None:
    await shop.configure("one")
    client = client_of(shop, shop.key)
    long = "x" * (9 << 20)
    file = await upload(client, [{"key": "long", "request": request(long)}])
    assert file.size_bytes > len(long)
    (line,) = await read_lines(client, file.name)
    assert line["request"]["contents"][0]["parts"][0]["text"] == long


async def test_a_file_of_others_is_none(shop: Shop, vendor: Gemini) -> None:
    mine = await upload(client_of(shop, shop.key), [{"key": "one", "request": request("hello")}])
    stranger = client_of(shop, (await shop.admin.make_key(name="Mine"))["key"])
    assert [one.name async for one in await stranger.files.list()] == []
    for attempt in (
        stranger.files.get(name=mine.name),
        stranger.files.delete(name=mine.name),
        stranger.files.download(file=mine.name),
    ):
        with pytest.raises(ClientError) as refused:
            await attempt
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    await shop.configure("two")
    with pytest.raises(ClientError) as refused:
        await stranger.batches.create(model="two", src=mine.name)
    assert refused.value.code == 400
    assert "batch.inputConfig.fileName" in str(refused.value)


async def test_a_model_is_not_told_of_a_file_of_batches(shop: Shop, vendor: Gemini) -> None:
    client = client_of(shop, shop.key)
    mine = await upload(client, [{"key": "one", "request": request("hello")}])
    for uri in (mine.uri, mine.name):
        part = {"fileData": {"fileUri": uri, "mimeType": "application/json"}}
        with pytest.raises(ClientError, match=r"contents\.0\.parts\.0\.fileData\.file_uri: .*inlineData") as refused:
            await client.models.generate_content(model="flash", contents=[{"role": "user", "parts": [part]}])
        assert refused.value.code == 400
    assert vendor.calls == []


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"X-Goog-Upload-Protocol": "raw"}, 400, "X-Goog-Upload-Protocol"),
        ({"X-Goog-Upload-Header-Content-Length": "0"}, 400, "X-Goog-Upload-Header-Content-Length"),
        ({"X-Goog-Upload-Header-Content-Length": str(200 << 20)}, 400, "100 MiB (TRUNKLINE_MAX_FILE_MB)"),
        ({"X-Goog-Upload-Header-Content-Type": "application/pdf"}, 400, "inlineData"),
        ({"x-goog-api-key": "tl-wrong"}, 401, "API key"),
    ],
)
async def test_an_upload_that_cannot_be_is_refused_before_anything_is_sent(
    shop: Shop, change: dict[str, str], status: int, told: str
) -> None:
    headers = {**START, "x-goog-api-key": shop.key, **change}
    answer = await shop.live.client().post("/upload/v1beta/files", headers=headers, json={})
    assert answer.status_code == status
    assert told in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("command", "offset", "body", "told"),
    [
        ("upload, finalize", 0, b"12345", "was to have 6 bytes and has 5"),
        ("upload, finalize", 0, b"1234567", "has more"),
        ("upload", 0, b"123", "multiple of 262,144"),
        ("upload, finalize", 5, b"6", "X-Goog-Upload-Offset"),
        ("query", 0, b"", "X-Goog-Upload-Command"),
    ],
)
async def test_a_piece_that_does_not_fit_ends_the_upload(
    shop: Shop, command: str, offset: int, body: bytes, told: str
) -> None:
    headers = {**START, "x-goog-api-key": shop.key, "X-Goog-Upload-Header-Content-Length": "6"}
    begun = await shop.live.client().post("/upload/v1beta/files", headers=headers, json={})
    address = begun.headers["x-goog-upload-url"]
    asked = {"X-Goog-Upload-Command": command, "X-Goog-Upload-Offset": str(offset)}
    answer = await shop.live.client().post(address, headers=asked, content=body)
    assert answer.status_code == 400
    assert told in answer.json()["error"]["message"]
    # Google's clients try again for as long as they are told nothing of how the upload stands.
    assert answer.headers["x-goog-upload-status"] == "final"
    whole = await shop.live.client().post(
        address.replace("upload_id=", "upload_id=A"), headers=asked, content=b"123456"
    )
    assert whole.status_code == 404


START = {
    "X-Goog-Upload-Protocol": "resumable",
    "X-Goog-Upload-Command": "start",
    "X-Goog-Upload-Header-Content-Length": "10",
    "X-Goog-Upload-Header-Content-Type": "application/jsonl",
}


async def test_names_in_snake_case_are_the_same(shop: Shop) -> None:
    """As in https://ai.google.dev/gemini-api/docs/batch-api#rest."""
    await shop.configure("one")
    batch = {"display_name": "night", "input_config": {"requests": {"requests": [{"request": request("hello")}]}}}
    there = shop.live.client(shop.key)
    answer = await there.post("/v1beta/models/one:batchGenerateContent", json={"batch": batch})
    assert (answer.status_code, answer.json()["metadata"]["displayName"]) == (200, "night")
    wrong = await there.post(
        "/v1beta/models/one:batchGenerateContent", json={"batch": {"input_config": {"file_name": 3}}}
    )
    assert wrong.status_code == 400
    assert "fileName" in wrong.json()["error"]["message"]
