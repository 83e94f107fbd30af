"""Gemini's batches, whose requests and answers come inline. https://ai.google.dev/api/batch-api"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.file_store import join_lines, read, store
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.batch_record import BatchOrder, BatchRecord, State
from trunkline.gateway.batches.desk import BatchDesk, CancelBatch, CreateBatch, DropBatch, FindBatch, ListBatches
from trunkline.gateway.batches.line_call import CONTENT

_TYPE: Final = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"
_LARGEST_PAGE: Final = 100
_STATES: Final[dict[State, str]] = {
    "running": "BATCH_STATE_RUNNING",
    "cancelling": "BATCH_STATE_RUNNING",
    "completed": "BATCH_STATE_SUCCEEDED",
    "cancelled": "BATCH_STATE_CANCELLED",
    "expired": "BATCH_STATE_EXPIRED",
    "failed": "BATCH_STATE_FAILED",
}


class _Requests(msgspec.Struct):
    requests: list[msgspec.Raw] = []


class _Input(msgspec.Struct, rename="camel"):
    requests: _Requests | None = None
    file_name: str | None = None


class _Batch(msgspec.Struct, rename="camel"):
    input_config: _Input
    display_name: str = ""


class _Create(msgspec.Struct):
    batch: _Batch


async def serve_gemini(desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest) -> Answer:
    """The answer. Raises what the desk raises."""
    match asked.action:
        case "create":
            return await _answer(desk, actor, await _create(desk, actor, asked.name, request))
        case "list":
            limit = request.number("pageSize", 50, _LARGEST_PAGE)
            after = request.query.get("pageToken") or None
            found = await desk.ask(actor, ListBatches(wire="gemini", limit=limit + 1, after=after))
            body: dict[str, object] = {"operations": [write_batch(one, None) for one in found[:limit]]}
            if len(found) > limit:
                body["nextPageToken"] = found[limit - 1].id
            return Answer(200, [JSON], body=msgspec.json.encode(body))
        case "cancel":
            await desk.ask(actor, CancelBatch(wire="gemini", batch_id=asked.name))
            return Answer(200, [JSON], body=b"{}")
        case "delete":
            await desk.ask(actor, DropBatch(wire="gemini", batch_id=asked.name))
            return Answer(200, [JSON], body=b"{}")
        case _:
            return await _answer(desk, actor, await desk.ask(actor, FindBatch(wire="gemini", batch_id=asked.name)))


async def _create(desk: BatchDesk, actor: Actor, model: str, request: BatchRequest) -> BatchRecord:
    wanted = request.read(_Create).batch
    if wanted.input_config.file_name is not None:
        raise InvalidInput.of(
            "batch.inputConfig.fileName", "files are not read here. Send the requests in batch.inputConfig.requests."
        )
    requests = wanted.input_config.requests
    if requests is None or not requests.requests:
        raise InvalidInput.of("batch.inputConfig.requests.requests", "must not be empty")
    place = request.place
    lines = join_lines(bytes(one) for one in requests.requests)
    file = await store(desk, actor, lines, name="requests.jsonl", purpose="batch_requests")
    order = BatchOrder(
        wire="gemini",
        endpoint=CONTENT,
        requests_id=file.id,
        model=model,
        place=place,
        name=wanted.display_name,
        tags=request.context.tags,
        unit=request.context.unit,
    )
    return await desk.ask(actor, CreateBatch(order=order))


async def _answer(desk: BatchDesk, actor: Actor, batch: BatchRecord) -> Answer:
    output: msgspec.Raw | None = None
    if batch.output_id is not None:
        held = b"".join([piece async for piece in read(desk, actor, batch.output_id)])
        output = msgspec.Raw(b"[%b]" % held.strip().replace(b"\n", b","))
    body = msgspec.json.encode(write_batch(batch, output))
    return Answer(200, [JSON, (b"x-trunkline-batch", batch.place.encode())], body=body)


def write_batch(batch: BatchRecord, responses: msgspec.Raw | None) -> dict[str, object]:
    """A batch as Gemini's clients see it: an operation. ``responses`` is a list in JSON."""
    name = f"batches/{batch.id}"
    failed = batch.errored + batch.cancelled + batch.expired
    metadata: dict[str, object] = {
        "@type": _TYPE,
        "name": name,
        "model": f"models/{batch.model.removeprefix('models/')}",
        "displayName": batch.name,
        "state": _STATES[batch.state],
        "createTime": _write_time(batch.created_at),
        "updateTime": _write_time(batch.ended_at or batch.cancelling_at or batch.created_at),
        "batchStats": {
            "requestCount": str(batch.total),
            "successfulRequestCount": str(batch.succeeded),
            "failedRequestCount": str(failed),
            "pendingRequestCount": str(max(batch.total - batch.succeeded - failed, 0)),
        },
    }
    if batch.ended_at is not None:
        metadata["endTime"] = _write_time(batch.ended_at)
    operation: dict[str, object] = {"name": name, "metadata": metadata, "done": batch.ended}
    if batch.fault is not None:
        operation["error"] = {"code": 13, "message": batch.fault}
    elif responses is not None:
        output = {"inlinedResponses": {"inlinedResponses": responses}}
        metadata["output"] = output
        operation["response"] = {"@type": f"{_TYPE}Output", **output}
    return operation


def _write_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
