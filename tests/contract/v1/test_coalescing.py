"""Embeddings calls that come together go to the provider as one, and each has its own vectors, usage and errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from aiohttp import web  # noqa: TID251 - a server for tests

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from trunkline.core.usage_event import UsageEvent


class Embedder:
    """Makes a vector of each text's length. ``bad`` is refused, and whatever comes with it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def embed(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        if "bad" in texts:
            return web.json_response({"error": {"message": "a bad text"}}, status=400)
        data = [{"object": "embedding", "index": at, "embedding": [len(text)]} for at, text in enumerate(texts)]
        used = {"prompt_tokens": 7 * len(texts), "total_tokens": 7 * len(texts)}
        return web.json_response({"object": "list", "data": data[::-1], "model": body["model"], "usage": used})


@asynccontextmanager
async def serving(embedder: Embedder) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/embeddings", embedder.embed)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


async def ask_all(url: str, inputs: list[Any], **more: Any) -> list[httpx2.Response]:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=30) as client:
        bodies = [{"model": "vectors", "input": one, **more} for one in inputs]
        return list(await asyncio.gather(*(client.post(f"{url}/v1/embeddings", json=body) for body in bodies)))


def events_of(bare: CallServer) -> list[UsageEvent]:
    return list(bare.books.events)


@asynccontextmanager
async def gateway(embedder: Embedder, **parameters: Any) -> AsyncIterator[CallServer]:
    async with serving(embedder) as url:
        bare = CallServer([configuration("vectors", "custom", base_url=url, model="m", parameters=parameters)])
        with bare.serve():
            yield bare


async def test_each_call_has_its_own_vectors_and_its_share_of_the_usage() -> None:
    embedder = Embedder()
    async with gateway(embedder, coalesceEmbeddings=True) as bare:
        answers = await ask_all(bare.url, ["a", ["bb", "ccc"], "dddd"])
    assert [answer.status_code for answer in answers] == [200] * 3
    found = [[each["embedding"] for each in answer.json()["data"]] for answer in answers]
    assert found == [[[1]], [[2], [3]], [[4]]]
    assert [[each["index"] for each in answer.json()["data"]] for answer in answers] == [[0], [0, 1], [0]]
    assert sum(answer.json()["usage"]["prompt_tokens"] for answer in answers) == 28, "nothing is lost of the usage"
    assert sum(event.usage.input for event in events_of(bare)) == 28


async def test_nobody_is_merged_who_did_not_ask_for_it() -> None:
    embedder = Embedder()
    async with gateway(embedder) as bare:
        await ask_all(bare.url, ["a", "b", "c"])
    assert len(embedder.asked) == 3
    assert all("coalesceEmbeddings" not in json.dumps(body) for body in embedder.asked)


async def test_what_one_call_spoils_is_its_own() -> None:
    embedder = Embedder()
    async with gateway(embedder, coalesceEmbeddings=True) as bare:
        answers = await ask_all(bare.url, ["good", "bad", "better"])
    assert [answer.status_code for answer in answers] == [200, 400, 200]
    assert answers[0].json()["usage"]["prompt_tokens"] == 7
