"""What is merged, how it is divided again, and what each is told when it goes wrong."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import UpstreamError
from trunkline.gateway.routing.coalescing import MOST_INPUTS, CoalescingTransport
from trunkline.gateway.routing.embeddings_batch import divide, read_batch, split_answer
from trunkline.outbound import IncomingResponse, OutgoingRequest, Timeouts, Url
from trunkline.outbound.headers import Headers
from trunkline.outbound.timing import Timing


class Whole:
    """An answer that is there."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.headers = Headers.of([("content-type", "application/json"), ("content-length", str(len(body)))])
        self.timing = Timing()
        self.peer = ""
        self.body = body

    async def next_chunk(self) -> bytes:
        body, self.body = self.body, b""
        return body

    async def flow(self, sink: Any) -> None:
        sink(await self.next_chunk())

    async def read(self, limit: int | None = None) -> bytes:
        return await self.next_chunk()

    async def close(self) -> None:
        """Nothing is open."""

    def abort(self) -> None:
        """Nothing is under way."""


class Wire:
    """A provider. ``bad`` is refused with what came beside it, ``away`` has no answer."""

    def __init__(self, used: int = 10) -> None:
        self.asked: list[dict[str, Any]] = []
        self.used = used

    async def send(self, request: OutgoingRequest, timeouts: Timeouts | None = None) -> IncomingResponse:
        body = json.loads(request.body)
        self.asked.append(body)
        texts = body["input"] if isinstance(body.get("input"), list) else [body.get("input")]
        if "away" in texts:
            raise UpstreamError("nobody is there", kind="unreachable")
        if "bad" in texts or "busy" in texts:
            return Whole(400 if "bad" in texts else 429, b'{"error": {"message": "no"}}')
        data = [{"index": at, "embedding": [len(text)]} for at, text in enumerate(texts)]
        usage = {"prompt_tokens": self.used, "total_tokens": self.used}
        return Whole(200, json.dumps({"data": data[::-1], "model": "m", "usage": usage}).encode())


def request(inputs: Any, path: str = "/v1/embeddings", **more: Any) -> OutgoingRequest:
    body = json.dumps({"model": "m", "input": inputs, **more}).encode()
    return OutgoingRequest("POST", Url.parse(f"https://example.com{path}"), (), body)


async def send_all(wire: Wire, *requests: OutgoingRequest) -> list[Any]:
    coalescing = CoalescingTransport(wire, wait=0)
    answers = await asyncio.gather(*(coalescing.send(one) for one in requests), return_exceptions=True)
    return [one if isinstance(one, BaseException) else (one.status, json.loads(await one.read())) for one in answers]


async def test_calls_of_one_kind_are_sent_as_one() -> None:
    wire = Wire(used=10)
    answers = await send_all(wire, request("a"), request(["bb", "ccc"]), request([1, 2, 3]))
    assert [asked["input"] for asked in wire.asked] == [["a", "bb", "ccc", [1, 2, 3]]]
    assert [status for status, _ in answers] == [200] * 3
    assert [[one["embedding"] for one in body["data"]] for _, body in answers] == [[[1]], [[2], [3]], [[3]]]
    assert [[one["index"] for one in body["data"]] for _, body in answers] == [[0], [0, 1], [0]]
    assert sum(body["usage"]["prompt_tokens"] for _, body in answers) == 10


@pytest.mark.parametrize(
    "other",
    [request("b", dimensions=8), request("b", user="u-1"), request("b", path="/v2/embeddings")],
)
async def test_what_differs_in_anything_else_is_sent_apart(other: OutgoingRequest) -> None:
    wire = Wire()
    assert len(await send_all(wire, request("a"), other)) == 2
    assert len(wire.asked) == 2


async def test_nothing_but_embeddings_waits() -> None:
    wire = Wire()
    await CoalescingTransport(wire, wait=3600).send(request("a", path="/v1/chat/completions"))
    assert len(wire.asked) == 1


async def test_no_more_are_merged_than_any_provider_takes() -> None:
    wire = Wire()
    await send_all(wire, *(request(str(number)) for number in range(MOST_INPUTS + 1)))
    assert sorted(len(asked["input"]) for asked in wire.asked if isinstance(asked["input"], list)) == [MOST_INPUTS]
    assert len(wire.asked) == 2


async def test_what_one_has_spoilt_is_its_own() -> None:
    answers = await send_all(Wire(), request("a"), request("bad"))
    assert [status for status, _ in answers] == [200, 400]


async def test_what_the_provider_cannot_do_now_is_told_to_each() -> None:
    wire = Wire()
    answers = await send_all(wire, request("a"), request("busy"))
    assert answers == [(429, {"error": {"message": "no"}})] * 2
    away = await send_all(wire, request("a"), request("away"))
    assert [type(one) for one in away] == [UpstreamError] * 2
    assert away[0] is not away[1], "each adds to its own"
    assert len(wire.asked) == 2


async def test_who_goes_away_is_left_out_and_the_others_are_answered() -> None:
    wire = Wire()
    coalescing = CoalescingTransport(wire, wait=0)
    gone = asyncio.ensure_future(coalescing.send(request("gone")))
    kept = asyncio.ensure_future(coalescing.send(request("kept")))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await kept).status == 200
    assert [asked["input"] for asked in wire.asked] == ["kept"]


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_parts_come_to_exactly_the_whole(total: int, weights: list[int]) -> None:
    parts = divide(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) <= 1


@pytest.mark.parametrize("body", [b"no json", b"{}", b'{"data": [{"index": 0}]}', b'{"data": [1, 2]}'])
def test_an_answer_that_cannot_be_divided_is_none(body: bytes) -> None:
    batches = [read_batch("/v1/embeddings", b'{"input": "a"}'), read_batch("/v1/embeddings", b'{"input": "b"}')]
    assert split_answer([one for one in batches if one is not None], body, lambda _: 1) is None


@pytest.mark.parametrize(
    ("target", "field", "vectors", "beside"),
    [
        ("/v1beta/models/m:batchEmbedContents", "requests", "embeddings", {}),
        ("/api/embed", "input", "embeddings", {"prompt_eval_count": 3}),
    ],
)
def test_other_wires(target: str, field: str, vectors: str, beside: dict[str, int]) -> None:
    batches = [read_batch(target, json.dumps({field: [{"a": 1}]}).encode()) for _ in range(2)]
    body = json.dumps({vectors: [[1], [2]], **beside}).encode()
    found = split_answer([one for one in batches if one is not None], body, lambda _: 1)
    assert found is not None
    shares = [json.loads(one) for one in found]
    assert [share[vectors] for share in shares] == [[[1]], [[2]]]
    assert sum(share.get("prompt_eval_count", 0) for share in shares) == beside.get("prompt_eval_count", 0)
