"""Anthropic's files. https://platform.claude.com/docs/en/api/beta/files

Lists are paged in both of Anthropic's ways: by ``before_id`` and ``after_id``, and by the ``page`` of later SDKs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from mimetypes import guess_extension
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.dialects.openai_operations.form_body import Part, read_boundary, read_parts
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.file_store import KEEPER, FileRelay, read, store
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.desk import BatchDesk, DropFile, FindFile, ListFiles
from trunkline.gateway.batches.file_record import SENT, FileRecord

_LARGEST_PAGE: Final = 1_000
_MOST_IDS: Final = 100
_SHORTEST: Final = 3_600
_LONGEST: Final = 7_776_000
_LIFETIME: Final = "expires_in_seconds"
_PAGE: Final = "page_"
_UNKNOWN: Final = "application/octet-stream"


async def serve_anthropic_file(desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest) -> Answer:
    """The answer. Raises what the desk raises."""
    match asked.action:
        case "create":
            return _answer(write_file(await _upload(desk, actor, request)))
        case "list":
            return _answer(await _list(desk, actor, request))
        case "delete":
            await desk.ask(actor, DropFile(file_id=asked.name))
            return _answer({"id": asked.name, "type": "file_deleted"})
        case "content":
            found = await desk.ask(actor, FindFile(file_id=asked.name))
            kind = (found.known_type or _UNKNOWN).encode("latin-1", "replace")
            return Answer(200, [(b"content-type", kind)], relay=FileRelay(read(desk, actor, asked.name)))
        case _:
            return _answer(write_file(await desk.ask(actor, FindFile(file_id=asked.name))))


async def _upload(desk: BatchDesk, actor: Actor, request: BatchRequest) -> FileRecord:
    boundary = read_boundary(request.header(b"content-type") or "application/json")
    if boundary is None:
        raise InvalidInput.of("", "This call takes a form: send it with Content-Type: multipart/form-data.")
    form = {part.name: part for part in read_parts(request.body, boundary)}
    file = form.get("file")
    if file is None or not file.is_file:
        raise InvalidInput.of("file", "is required, as a file in the form")
    if file.start == file.end:
        raise InvalidInput.of("file", "is empty")
    lifetime = _read_lifetime(request.body, form.get(_LIFETIME))
    return await store(
        desk,
        actor,
        (memoryview(request.body)[file.start : file.end],),
        name=_read_name(file),
        purpose="user_data",
        lifetime=lifetime,
        media_type=file.media_type,
        send=True,
        configuration=request.header(KEEPER) or None,
    )


def _read_name(file: Part) -> str:
    """The last part of a path, as Anthropic keeps it; ``unnamed`` where there is none."""
    name = file.filename.replace("\\", "/").rpartition("/")[2]
    return name or f"unnamed{guess_extension(file.media_type) or ''}"


def _read_lifetime(body: bytes, part: Part | None) -> int | None:
    told = "" if part is None else body[part.start : part.end].decode("utf-8", "replace")
    if not told:
        return None
    if not (told.isascii() and told.isdecimal() and _SHORTEST <= int(told[:9]) <= _LONGEST):
        raise InvalidInput.of(_LIFETIME, f"must be a whole number from {_SHORTEST:,} to {_LONGEST:,}")
    return int(told)


async def _list(desk: BatchDesk, actor: Actor, request: BatchRequest) -> dict[str, object]:
    ids = list(dict.fromkeys([*request.values("ids[]"), *request.values("ids")]))
    if ids:
        return await _list_some(desk, actor, request, ids)
    limit = request.number("limit", 20, _LARGEST_PAGE)
    after, before = request.query.get("after_id"), request.query.get("before_id")
    page = request.query.get("page")
    if page is not None:
        if not page.startswith(_PAGE):
            raise InvalidInput.of("page", "must be the next_page of an earlier list")
        after = after or page.removeprefix(_PAGE)
    if after is not None and before is not None:
        raise InvalidInput.of("before_id", "is not possible together with after_id or page")
    if request.query.get("scope_id") is not None:
        # Sessions, whose files these are, are not kept here.
        return _write_list([], more=False)
    wanted = ListFiles(limit=limit + 1, after=after, before=before, purposes=SENT)
    found = await desk.ask(actor, wanted)
    return _write_list(found[-limit:] if before is not None else found[:limit], more=len(found) > limit)


async def _list_some(desk: BatchDesk, actor: Actor, request: BatchRequest, ids: list[str]) -> dict[str, object]:
    """Those with the ids; such as the caller has not are left out."""
    for name in ("limit", "page"):
        if name in request.query:
            raise InvalidInput.of(name, "is not possible together with ids")
    if len(ids) > _MOST_IDS:
        raise InvalidInput.of("ids", f"has at most {_MOST_IDS}")
    found: list[FileRecord] = []
    for file_id in ids:
        try:
            found.append(await desk.ask(actor, FindFile(file_id=file_id)))
        except NotFound:
            continue
    return _write_list(found, more=False)


def write_file(file: FileRecord) -> dict[str, object]:
    """A file as Anthropic's clients see it. What is kept here can be downloaded, which files at Anthropic cannot."""
    return {
        "id": file.id,
        "type": "file",
        "filename": file.name,
        "mime_type": file.known_type or _UNKNOWN,
        "size_bytes": file.size,
        "created_at": _write_time(file.created_at),
        "expires_at": _write_time(file.expires_at),
        "downloadable": True,
    }


def _write_list(files: list[FileRecord], *, more: bool) -> dict[str, object]:
    return {
        "data": [write_file(file) for file in files],
        "first_id": files[0].id if files else None,
        "last_id": files[-1].id if files else None,
        "has_more": more,
        "next_page": f"{_PAGE}{files[-1].id}" if more else None,
    }


def _write_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(body: dict[str, object]) -> Answer:
    return Answer(200, [JSON], body=msgspec.json.encode(body))
