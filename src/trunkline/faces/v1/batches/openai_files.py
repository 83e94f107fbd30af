"""OpenAI's files. https://platform.openai.com/docs/api-reference/files"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_operations.form_body import Part, read_boundary, read_parts
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.file_store import KEEPER, FileRelay, read, store
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.desk import BatchDesk, DropFile, FindFile, ListFiles
from trunkline.gateway.batches.file_record import SENT, FileRecord, Purpose

_LARGEST_PAGE: Final = 10_000
_UPLOADED: Final[dict[str, Purpose]] = {"batch": "batch", **{purpose: purpose for purpose in SENT}}
_PURPOSES: Final[dict[str, Purpose]] = {**_UPLOADED, "batch_output": "batch_output"}
_DEFAULT: Final = "default"
_SHORTEST: Final = 3_600
_LONGEST: Final = 2_592_000


async def serve_file(desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest) -> Answer:
    """The answer. Raises InvalidInput, NotFound for files of others, Conflict, TooLarge and Unavailable."""
    match asked.action:
        case "create":
            return _answer(write_file(await _upload(desk, actor, request)))
        case "list":
            return _answer(await _list(desk, actor, request))
        case "delete":
            await desk.ask(actor, DropFile(file_id=asked.name))
            return _answer({"id": asked.name, "object": "file", "deleted": True})
        case "content":
            found = await desk.ask(actor, FindFile(file_id=asked.name))
            kind = b"application/octet-stream" if found.purpose in SENT else b"application/jsonl"
            return Answer(200, [(b"content-type", kind)], relay=FileRelay(read(desk, actor, asked.name)))
        case _:
            return _answer(write_file(await desk.ask(actor, FindFile(file_id=asked.name))))


async def _upload(desk: BatchDesk, actor: Actor, request: BatchRequest) -> FileRecord:
    boundary = read_boundary(request.header(b"content-type") or "application/json")
    if boundary is None:
        raise InvalidInput.of("", "This call takes a form: send it with Content-Type: multipart/form-data.")
    form = {part.name: part for part in read_parts(request.body, boundary)}
    purpose = _UPLOADED.get(_text(request.body, form.get("purpose")))
    if purpose is None:
        raise InvalidInput.of("purpose", f"must be one of {', '.join(_UPLOADED)}")
    file = form.get("file")
    if file is None or not file.is_file:
        raise InvalidInput.of("file", "is required, as a file in the form")
    if file.start == file.end:
        raise InvalidInput.of("file", "is empty. Write one request a line." if purpose == "batch" else "is empty")
    lifetime = _text(request.body, form.get("expires_after[seconds]"))
    if lifetime and not (lifetime.isdecimal() and _SHORTEST <= int(lifetime[:9]) <= _LONGEST):
        raise InvalidInput.of("expires_after[seconds]", f"must be a whole number from {_SHORTEST:,} to {_LONGEST:,}")
    content = memoryview(request.body)[file.start : file.end]
    name = file.filename or ("batch.jsonl" if purpose == "batch" else "file")
    kept = int(lifetime) if lifetime else None
    keeper = None if purpose == "batch" else request.header(KEEPER) or _DEFAULT
    return await store(
        desk,
        actor,
        (content,),
        name=name,
        purpose=purpose,
        lifetime=kept,
        media_type=file.media_type,
        send=keeper is not None,
        configuration=keeper,
    )


async def _list(desk: BatchDesk, actor: Actor, request: BatchRequest) -> dict[str, object]:
    purpose = request.query.get("purpose")
    if purpose is not None and purpose not in _PURPOSES:
        return _write_list([], more=False)
    order = request.query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise InvalidInput.of("order", "must be asc or desc")
    limit = request.number("limit", _LARGEST_PAGE, _LARGEST_PAGE)
    found = await desk.ask(
        actor,
        ListFiles(
            limit=limit + 1,
            after=request.query.get("after"),
            newest_first=order == "desc",
            purposes=tuple(_PURPOSES.values()) if purpose is None else (_PURPOSES[purpose],),
        ),
    )
    return _write_list(found[:limit], more=len(found) > limit)


def write_file(file: FileRecord) -> dict[str, object]:
    """A file as OpenAI's clients see it."""
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.size,
        "created_at": file.created_at,
        "expires_at": file.expires_at,
        "filename": file.name,
        "purpose": file.purpose,
        "status": "processed",
        "status_details": None,
    }


def _write_list(files: list[FileRecord], *, more: bool) -> dict[str, object]:
    return {
        "object": "list",
        "data": [write_file(file) for file in files],
        "first_id": files[0].id if files else None,
        "last_id": files[-1].id if files else None,
        "has_more": more,
    }


def _text(body: bytes, part: Part | None) -> str:
    return "" if part is None else body[part.start : part.end].decode("utf-8", "replace")


def _answer(body: dict[str, object]) -> Answer:
    return Answer(200, [JSON], body=msgspec.json.encode(body))
