"""Gemini's batches, whose requests and answers come inline or in files. https://ai.google.dev/api/batch-api"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.file_store import join_lines, read, store
from trunkline.faces.v1.batches.gemini_files import read_google, read_name, write_name
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.batch_record import FILE_NAME, BatchOrder, BatchRecord, State
from trunkline.gateway.batches.desk import (
    BatchDesk,
    CancelBatch,
    CreateBatch,
    DropBatch,
    FindBatch,
    FindFile,
    ListBatches,
)
from trunkline.gateway.batches.line_call import CONTENT, EMBED

_TYPE: Final = "type.googleapis.com/google.ai.generativelanguage.v1main."
_TYPES: Final = {CONTENT: "GenerateContentBatch", EMBED: "EmbedContentBatch"}
_INLINED: Final = {CONTENT: "inlinedResponses", EMBED: "inlinedEmbedContentResponses"}
_LARGEST_PAGE: Final = 100
_STATES: Final[dict[State, str]] = {
    "running": "BATCH_STATE_RUNNING",
    "cancelling": "BATCH_STATE_RUNNING",
    "completed": "BATCH_STATE_SUCCEEDED",
    "cancelled": "BATCH_STATE_CANCELLED",
    "expired": "BATCH_STATE_EXPIRED",
    "failed": "BATCH_STATE_FAILED",
}


class _Request(msgspec.Struct, omit_defaults=True):
    """A key is of files alone."""

    request: msgspec.Raw = msgspec.Raw(b"")
    metadata: msgspec.Raw = msgspec.Raw(b"")


class _Requests(msgspec.Struct):
    requests: list[_Request] = []


class _Input(msgspec.Struct, rename="camel"):
    requests: _Requests | None = None
    file_name: str | None = None


class _Batch(msgspec.Struct, rename="camel"):
    input_config: msgspec.Raw
    display_name: str = ""


class _Create(msgspec.Struct):
    batch: msgspec.Raw


async def serve_gemini(desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest) -> Answer:
    """The answer. Raises what the desk raises."""
    match asked.action:
        case "create" | "create_embeddings":
            endpoint = CONTENT if asked.action == "create" else EMBED
            return await _answer(desk, actor, await _create(desk, actor, asked.name, endpoint, request))
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


async def _create(desk: BatchDesk, actor: Actor, model: str, endpoint: str, request: BatchRequest) -> BatchRecord:
    wanted = read_google(request.read(_Create).batch, _Batch)
    source = read_google(wanted.input_config, _Input)
    name, requests = source.file_name, source.requests
    place = request.place
    if name is not None:
        if requests is not None:
            raise InvalidInput.of("batch.inputConfig", "takes either fileName or requests. Leave one of them out.")
        requests_id, metadata = await _find_file(desk, actor, name), {FILE_NAME: name}
    else:
        if requests is None or not requests.requests:
            raise InvalidInput.of("batch.inputConfig.requests.requests", "must not be empty")
        lines = join_lines(msgspec.json.encode(one) for one in requests.requests)
        file = await store(desk, actor, lines, name="requests.jsonl", purpose="batch_requests")
        requests_id, metadata = file.id, {}
    order = BatchOrder(
        wire="gemini",
        endpoint=endpoint,
        requests_id=requests_id,
        metadata=metadata,
        model=model,
        place=place,
        name=wanted.display_name,
        tags=request.context.tags,
        unit=request.context.unit,
    )
    return await desk.ask(actor, CreateBatch(order=order))


async def _find_file(desk: BatchDesk, actor: Actor, name: str) -> str:
    field = "batch.inputConfig.fileName"
    file_id = read_name(name)
    try:
        if file_id is not None and (await desk.ask(actor, FindFile(file_id=file_id))).purpose == "batch":
            return file_id
    except NotFound:
        pass
    raise InvalidInput.of(
        field,
        f"There is no file {name[:80]!r} of yours. Upload it to /upload/v1beta/files first.",
        code="file_not_found",
    )


async def _answer(desk: BatchDesk, actor: Actor, batch: BatchRecord) -> Answer:
    output: msgspec.Raw | None = None
    if batch.output_id is not None and FILE_NAME not in batch.metadata:
        held = b"".join([piece async for piece in read(desk, actor, batch.output_id)])
        output = msgspec.Raw(b"[%b]" % held.strip().replace(b"\n", b","))
    body = msgspec.json.encode(write_batch(batch, output))
    return Answer(200, [JSON, (b"x-trunkline-batch", batch.place.encode())], body=body)


def write_batch(batch: BatchRecord, responses: msgspec.Raw | None) -> dict[str, object]:
    """A batch as Gemini's clients see it: an operation. ``responses`` is a list in JSON."""
    name = f"batches/{batch.id}"
    failed = batch.errored + batch.cancelled + batch.expired
    metadata: dict[str, object] = {
        "@type": _TYPE + _TYPES[batch.endpoint],
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
        return operation
    output: dict[str, object] | None = None
    if FILE_NAME in batch.metadata:
        metadata["inputConfig"] = {FILE_NAME: batch.metadata[FILE_NAME]}
        if batch.output_id is not None:
            output = {"responsesFile": write_name(batch.output_id)}
    elif responses is not None:
        output = {_INLINED[batch.endpoint]: {"inlinedResponses": responses}}
    if output is not None:
        metadata["output"] = output
        operation["response"] = {"@type": f"{_TYPE}{_TYPES[batch.endpoint]}Output", **output}
    return operation


def _write_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
