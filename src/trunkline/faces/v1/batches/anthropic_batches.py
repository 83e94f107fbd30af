"""Anthropic's message batches. https://docs.anthropic.com/en/api/creating-message-batches"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.file_store import FileRelay, join_lines, read, store
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.batch_record import BatchOrder, BatchRecord
from trunkline.gateway.batches.desk import BatchDesk, CancelBatch, CreateBatch, DropBatch, FindBatch, ListBatches
from trunkline.gateway.batches.line_call import MESSAGES

_LARGEST_PAGE: Final = 1_000
_STATES: Final = {"running": "in_progress", "cancelling": "canceling"}


class _Create(msgspec.Struct):
    requests: list[msgspec.Raw]


async def serve_anthropic(desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest) -> Answer:
    """The answer. Raises what the desk raises."""
    match asked.action:
        case "create":
            return _answer(await _create(desk, actor, request), request)
        case "list":
            return await _list(desk, actor, request)
        case "cancel":
            return _answer(await desk.ask(actor, CancelBatch(wire="anthropic", batch_id=asked.name)), request)
        case "delete":
            await desk.ask(actor, DropBatch(wire="anthropic", batch_id=asked.name))
            body = msgspec.json.encode({"id": asked.name, "type": "message_batch_deleted"})
            return Answer(200, [JSON], body=body)
        case "results":
            return await _read_results(desk, actor, asked.name)
        case _:
            return _answer(await desk.ask(actor, FindBatch(wire="anthropic", batch_id=asked.name)), request)


async def _create(desk: BatchDesk, actor: Actor, request: BatchRequest) -> BatchRecord:
    wanted = request.read(_Create)
    if not wanted.requests:
        raise InvalidInput.of("requests", "must not be empty")
    place = request.place
    lines = join_lines(bytes(one) for one in wanted.requests)
    file = await store(desk, actor, lines, name="requests.jsonl", purpose="batch_requests")
    order = BatchOrder(
        wire="anthropic",
        endpoint=MESSAGES,
        requests_id=file.id,
        place=place,
        beta=request.header(b"anthropic-beta"),
        tags=request.context.tags,
        unit=request.context.unit,
    )
    return await desk.ask(actor, CreateBatch(order=order))


async def _list(desk: BatchDesk, actor: Actor, request: BatchRequest) -> Answer:
    limit = request.number("limit", 20, _LARGEST_PAGE)
    after, before = request.query.get("after_id"), request.query.get("before_id")
    if after is not None and before is not None:
        raise InvalidInput.of("before_id", "is not possible together with after_id")
    found = await desk.ask(actor, ListBatches(wire="anthropic", limit=limit + 1, after=after, before=before))
    more = len(found) > limit
    shown = [write_batch(one, request.origin) for one in (found[-limit:] if before is not None else found[:limit])]
    body = {
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": more,
    }
    return Answer(200, [JSON], body=msgspec.json.encode(body))


async def _read_results(desk: BatchDesk, actor: Actor, batch_id: str) -> Answer:
    batch = await desk.ask(actor, FindBatch(wire="anthropic", batch_id=batch_id))
    if not batch.ended:
        raise InvalidInput.of("", "This batch has not ended. Its results are there when processing_status is ended.")
    kind = (b"content-type", b"application/x-jsonl")
    if batch.output_id is None:
        return Answer(200, [kind], body=b"")
    return Answer(200, [kind], relay=FileRelay(read(desk, actor, batch.output_id)))


def write_batch(batch: BatchRecord, origin: str) -> dict[str, object]:
    """A batch as Anthropic's clients see it; ``origin`` is where they find its results."""
    ended = batch.ended
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": _STATES.get(batch.state, "ended"),
        "request_counts": {
            "processing": 0 if ended else batch.total,
            "succeeded": batch.succeeded if ended else 0,
            "errored": batch.errored if ended else 0,
            "canceled": batch.cancelled if ended else 0,
            "expired": batch.expired if ended else 0,
        },
        "created_at": _write_time(batch.created_at),
        "expires_at": _write_time(batch.expires_at),
        "ended_at": _write_time(batch.ended_at),
        "archived_at": None,
        "cancel_initiated_at": _write_time(batch.cancelling_at),
        "results_url": f"{origin}/v1/messages/batches/{batch.id}/results" if ended else None,
    }


def _write_time(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(batch: BatchRecord, request: BatchRequest) -> Answer:
    headers = [JSON, (b"x-trunkline-batch", batch.place.encode())]
    return Answer(200, headers, body=msgspec.json.encode(write_batch(batch, request.origin)))
