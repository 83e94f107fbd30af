"""Gemini's files, uploaded by and by: https://ai.google.dev/api/files.

A client asks for an address first, with its key and the file's size; the pieces go to that address without a key. What
is kept here is the same as what OpenAI's clients see: the requests of batches and their results.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, TrunklineError
from trunkline.dialects.gemini.fields import camel
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.file_store import FileRelay, read
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.desk import AddPiece, BatchDesk, BeginFile, DropFile, FindFile, FinishFile, ListFiles
from trunkline.gateway.batches.file_record import ABOUT_BATCHES, PIECE_BYTES, FileRecord
from trunkline.gateway.batches.upload_ticket import UploadTicket, UploadTickets

T = TypeVar("T")

TICKET: Final = "upload_id"
"""The parameter of the address to which pieces are sent."""

_LARGEST_PAGE: Final = 100
_KINDS: Final = frozenset(
    {"application/jsonl", "application/x-jsonlines", "application/x-ndjson", "application/json", "jsonl", "text/plain"}
    | {"text/jsonl", "text/x-jsonl", "application/x-jsonl", "application/octet-stream"}
)
_NAME: Final = re.compile(r"(?:.*/)?files/([0-9a-f]{32})")
_PREFIX: Final = "file-"
_STATUS: Final = b"x-goog-upload-status"


class _File(msgspec.Struct, rename="camel"):
    name: str | None = None
    display_name: str | None = None


class _Start(msgspec.Struct):
    file: msgspec.Raw = msgspec.Raw(b"{}")


async def serve_gemini_file(
    desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest, tickets: UploadTickets, limit: int
) -> Answer:
    """The answer. ``limit`` is the most bytes of a file. Raises what the desk raises."""
    file_id = _PREFIX + asked.name
    match asked.action:
        case "create":
            return await _begin(desk, actor, request, tickets, limit)
        case "list":
            most = request.number("pageSize", 10, _LARGEST_PAGE)
            after = request.query.get("pageToken") or None
            found = await desk.ask(actor, ListFiles(limit=most + 1, after=after, purposes=ABOUT_BATCHES))
            body: dict[str, object] = {"files": [write_file(one, request.origin) for one in found[:most]]}
            if len(found) > most:
                body["nextPageToken"] = found[most - 1].id
            return Answer(200, [JSON], body=msgspec.json.encode(body))
        case "delete":
            await desk.ask(actor, DropFile(file_id=file_id))
            return Answer(200, [JSON], body=b"{}")
        case "content":
            await desk.ask(actor, FindFile(file_id=file_id))
            relay = FileRelay(read(desk, actor, file_id))
            return Answer(200, [(b"content-type", b"application/jsonl")], relay=relay)
        case _:
            found = await desk.ask(actor, FindFile(file_id=file_id))
            return Answer(200, [JSON], body=msgspec.json.encode(write_file(found, request.origin)))


async def _begin(desk: BatchDesk, actor: Actor, request: BatchRequest, tickets: UploadTickets, limit: int) -> Answer:
    if request.header(b"x-goog-upload-protocol") != "resumable" or request.header(b"x-goog-upload-command") != "start":
        raise InvalidInput.of(
            "X-Goog-Upload-Protocol",
            "must be resumable, and X-Goog-Upload-Command start: that is how Google's clients upload files.",
        )
    kind = request.header(b"x-goog-upload-header-content-type").partition(";")[0].strip().lower()
    if kind and kind not in _KINDS:
        raise InvalidInput.of(
            "X-Goog-Upload-Header-Content-Type",
            f"is {kind[:80]!r}, but only requests of batches are kept here, as application/jsonl. Send what a model is"
            " to read in the request itself, as inlineData.",
        )
    told = request.header(b"x-goog-upload-header-content-length")
    if not (told.isascii() and told.isdecimal() and int(told[:18]) > 0):
        raise InvalidInput.of("X-Goog-Upload-Header-Content-Length", "must be the size of the file in bytes, above 0")
    size = int(told[:18])
    if size > limit:
        raise InvalidInput.of(
            "X-Goog-Upload-Header-Content-Length",
            f"must be at most {limit >> 20} MiB (TRUNKLINE_MAX_FILE_MB). Make several batches of the file.",
        )
    file = read_google(request.read(_Start).file, _File)
    if file.name:
        raise InvalidInput.of("file.name", "is chosen here. Leave it out, and use displayName for a name of yours.")
    name = file.display_name or request.header(b"x-goog-upload-file-name") or "batch.jsonl"
    begun = await desk.ask(actor, BeginFile(name=name, purpose="batch"))
    query = urlencode({TICKET: tickets.write(actor, begun.id, size), "upload_protocol": "resumable"})
    headers = [
        JSON,
        (_STATUS, b"active"),
        (b"x-goog-upload-url", f"{request.origin}/upload/v1beta/files?{query}".encode()),
        (b"x-goog-upload-chunk-granularity", str(PIECE_BYTES).encode()),
    ]
    return Answer(200, headers, body=b"{}")


async def take_piece(desk: BatchDesk, actor: Actor, ticket: UploadTicket, request: BatchRequest) -> Answer:
    """One piece of an upload, and its end. What is wrong with it ends the upload: clients try again what did not."""
    try:
        return await _take_piece(desk, actor, ticket, request)
    except TrunklineError as error:
        error.beside = ((_STATUS, b"final"),)
        raise


async def _take_piece(desk: BatchDesk, actor: Actor, ticket: UploadTicket, request: BatchRequest) -> Answer:
    commands = {word.strip() for word in request.header(b"x-goog-upload-command").split(",")}
    if not commands or not commands <= {"upload", "finalize"}:
        raise InvalidInput.of("X-Goog-Upload-Command", "must be upload or finalize, or both")
    told = request.header(b"x-goog-upload-offset") or "0"
    last = "finalize" in commands
    offset = int(told[:18]) if told.isascii() and told.isdecimal() else -1
    if offset < 0 or (offset % PIECE_BYTES and request.body):
        raise InvalidInput.of("X-Goog-Upload-Offset", f"must be a multiple of {PIECE_BYTES:,}")
    if not last and len(request.body) % PIECE_BYTES:
        raise InvalidInput.of("", f"Pieces but the last one must have a multiple of {PIECE_BYTES:,} bytes.")
    if offset + len(request.body) > ticket.size:
        raise InvalidInput.of("", f"The upload was to have {ticket.size:,} bytes and has more. Begin it again.")
    body = memoryview(request.body)
    for at in range(0, len(body), PIECE_BYTES):
        piece = bytes(body[at : at + PIECE_BYTES])
        await desk.ask(actor, AddPiece(file_id=ticket.file_id, number=(offset + at) // PIECE_BYTES, piece=piece))
    if not last:
        return Answer(200, [(_STATUS, b"active")], body=b"")
    file = await desk.ask(actor, FinishFile(file_id=ticket.file_id, size=ticket.size))
    told_file = msgspec.json.encode({"file": write_file(file, request.origin)})
    return Answer(200, [JSON, (_STATUS, b"final")], body=told_file)


def read_google(raw: msgspec.Raw, kind: type[T]) -> T:
    """An object whose names are in camelCase or, as Google takes them too, in snake_case. Raises InvalidInput."""
    try:
        fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        named = {camel(name): field for name, field in fields.items()}
        return msgspec.json.decode(msgspec.json.encode(named), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput.of("", f"The body is not what this call takes: {error}") from None


def write_name(file_id: str) -> str:
    """How Gemini's clients call a file."""
    return f"files/{file_id.removeprefix(_PREFIX)}"


def read_name(name: str) -> str | None:
    """The id of the file that Gemini's clients call by its name or its URI; None for what is none."""
    found = _NAME.fullmatch(name)
    return None if found is None else _PREFIX + found[1]


def write_file(file: FileRecord, origin: str) -> dict[str, object]:
    """A file as Gemini's clients see it; ``origin`` is where they find it."""
    uri = f"{origin}/v1beta/{write_name(file.id)}"
    made = _write_time(file.created_at)
    told: dict[str, object] = {
        "name": write_name(file.id),
        "displayName": file.name,
        "mimeType": "application/jsonl",
        "sizeBytes": str(file.size),
        "createTime": made,
        "updateTime": made,
        "expirationTime": _write_time(file.expires_at),
        "uri": uri,
        "state": "ACTIVE",
        "source": "UPLOADED",
    }
    if file.purpose == "batch_output":
        told |= {"source": "GENERATED", "downloadUri": f"{uri}:download?alt=media"}
    return told


def _write_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
