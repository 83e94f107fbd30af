"""OpenAI's batches. https://platform.openai.com/docs/api-reference/batch"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.batch_record import BatchOrder, BatchRecord, State
from trunkline.gateway.batches.desk import BatchDesk, CancelBatch, CreateBatch, FindBatch, FindFile, ListBatches
from trunkline.gateway.batches.line_call import ENDPOINTS

_WINDOW: Final = "24h"
_MOST_METADATA: Final = 16
_STATES: Final[dict[State, str]] = {"running": "in_progress"}
_ENDS: Final[dict[State, str]] = {
    "completed": "completed_at",
    "cancelled": "cancelled_at",
    "expired": "expired_at",
    "failed": "failed_at",
}


class _Create(msgspec.Struct):
    input_file_id: str
    endpoint: str
    completion_window: str = _WINDOW
    metadata: dict[str, str] | None = None


async def serve_openai(desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest) -> Answer:
    """The answer. Raises what the desk raises."""
    match asked.action:
        case "create":
            return _answer(await _create(desk, actor, request))
        case "list":
            limit = request.number("limit", 20, 100)
            found = await desk.ask(actor, ListBatches(wire="openai", limit=limit + 1, after=request.query.get("after")))
            shown = [write_batch(one) for one in found[:limit]]
            body = {
                "object": "list",
                "data": shown,
                "first_id": shown[0]["id"] if shown else None,
                "last_id": shown[-1]["id"] if shown else None,
                "has_more": len(found) > limit,
            }
            return Answer(200, [JSON], body=msgspec.json.encode(body))
        case "cancel":
            return _answer(await desk.ask(actor, CancelBatch(wire="openai", batch_id=asked.name)))
        case _:
            return _answer(await desk.ask(actor, FindBatch(wire="openai", batch_id=asked.name)))


async def _create(desk: BatchDesk, actor: Actor, request: BatchRequest) -> BatchRecord:
    wanted = request.read(_Create)
    if wanted.endpoint not in ENDPOINTS:
        raise InvalidInput.of("endpoint", f"must be one of {', '.join(ENDPOINTS)}")
    if wanted.completion_window != _WINDOW:
        raise InvalidInput.of("completion_window", f"must be {_WINDOW}")
    metadata = wanted.metadata or {}
    if len(metadata) > _MOST_METADATA:
        raise InvalidInput.of("metadata", f"has at most {_MOST_METADATA} pairs")
    try:
        file = await desk.ask(actor, FindFile(file_id=wanted.input_file_id))
    except NotFound:
        raise InvalidInput.of(
            "input_file_id",
            f"There is no file {wanted.input_file_id[:80]!r} of yours. Upload it to /v1/files first.",
            code="file_not_found",
        ) from None
    if file.purpose != "batch":
        raise InvalidInput.of("input_file_id", "must be a file with the purpose batch")
    order = BatchOrder(
        wire="openai",
        endpoint=wanted.endpoint,
        requests_id=wanted.input_file_id,
        place=request.place,
        metadata=metadata,
        tags=request.context.tags,
        unit=request.context.unit,
    )
    return await desk.ask(actor, CreateBatch(order=order))


def write_batch(batch: BatchRecord) -> dict[str, object]:
    """A batch as OpenAI's clients see it."""
    ends = {name: batch.ended_at if state == batch.state else None for state, name in _ENDS.items()}
    errors = None
    if batch.fault is not None:
        fault = {"code": "batch_failed", "message": batch.fault, "line": None, "param": None}
        errors = {"object": "list", "data": [fault]}
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "model": batch.model,
        "errors": errors,
        "input_file_id": batch.requests_id,
        "completion_window": _WINDOW,
        "status": _STATES.get(batch.state, batch.state),
        "output_file_id": batch.output_id,
        "error_file_id": batch.errors_id,
        "created_at": batch.created_at,
        "in_progress_at": batch.created_at,
        "expires_at": batch.expires_at,
        "finalizing_at": None,
        "cancelling_at": batch.cancelling_at,
        **ends,
        "request_counts": {
            "total": batch.total,
            "completed": batch.succeeded,
            "failed": batch.errored + batch.cancelled + batch.expired,
        },
        "metadata": batch.metadata or None,
    }


def _answer(batch: BatchRecord) -> Answer:
    return Answer(200, [JSON, _place(batch)], body=msgspec.json.encode(write_batch(batch)))


def _place(batch: BatchRecord) -> tuple[bytes, bytes]:
    return (b"x-trunkline-batch", batch.place.encode())
