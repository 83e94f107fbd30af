"""What an MCP server answers, read with bounds: it may lie, send without end, or send nothing at all."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final, cast

import msgspec

from trunkline.control.mcp.json_rpc import Message, RequestId, RpcError, read_decoded
from trunkline.control.mcp_servers.upstream import LARGEST_ANSWER, explain, fail
from trunkline.core.chat import JsonObject
from trunkline.dialects.sse import EventReader, EventTooLarge
from trunkline.outbound import BodyTooLarge, IncomingResponse, OutboundError
from trunkline.storage.tables import McpServerRow

LARGEST_STREAM: Final = 64 << 20
MOST_EVENTS: Final = 10_000
"""Bytes and events of one stream: who sends more goes round in circles."""

EVENTS: Final = "text/event-stream"


def is_stream(response: IncomingResponse) -> bool:
    """Whether the answer comes in events."""
    return (response.headers.get("content-type") or "").partition(";")[0].strip().lower() == EVENTS


async def read_answer(server: McpServerRow, response: IncomingResponse, request_id: RequestId) -> JsonObject:
    """The reply to that request, of a body in one piece. Raises UpstreamError for anything else."""
    try:
        body = await response.read(LARGEST_ANSWER)
    except BodyTooLarge:
        raise _too_large(server) from None
    except OutboundError as error:
        raise explain(server, error) from error
    given = _read(server, body, response.status)
    _require_reply(server, given, request_id)
    return given


async def read_events(
    server: McpServerRow, response: IncomingResponse, request_id: RequestId
) -> AsyncGenerator[JsonObject]:
    """The messages of a stream, up to the reply to that request, which is the last one. Raises UpstreamError."""
    reader = EventReader()
    size = count = 0
    try:
        while piece := await response.next_chunk():
            size += len(piece)
            if size > LARGEST_STREAM:
                raise fail(
                    server, "malformed", f"sent a stream of more than {LARGEST_STREAM >> 20} MiB without a reply"
                )
            for event in reader.feed(piece):
                count += 1
                if count > MOST_EVENTS:
                    raise fail(server, "malformed", f"sent more than {MOST_EVENTS:,} events without a reply")
                if len(event.data) > LARGEST_ANSWER:
                    raise _too_large(server)
                given = _read(server, event.data, response.status)
                if isinstance(_classify(server, given), Message):
                    yield given
                    continue
                _require_reply(server, given, request_id)
                yield given
                return
    except EventTooLarge:
        raise _too_large(server) from None
    except OutboundError as error:
        raise explain(server, error) from error
    finally:
        response.abort()
    raise fail(server, "malformed", "ended its stream without a reply")


def _read(server: McpServerRow, body: bytes, status: int) -> JsonObject:
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise fail(server, "malformed", f"answered what is no message of MCP (status {status})")
    return cast("JsonObject", given)


def _classify(server: McpServerRow, given: JsonObject) -> object:
    try:
        return read_decoded(given)
    except RpcError as error:
        raise fail(server, "malformed", f"sent a message that is wrong: {error.message.removesuffix('.')}") from None


def _require_reply(server: McpServerRow, given: JsonObject, request_id: RequestId) -> None:
    if isinstance(_classify(server, given), Message):
        raise fail(server, "malformed", "answered with a message that is no reply")
    answered = given.get("id")
    # An error may be about a request whose id could not be read.
    if answered != request_id and not (answered is None and "error" in given):
        raise fail(server, "malformed", "answered another request than it was asked")
    given["id"] = request_id


def _too_large(server: McpServerRow) -> Exception:
    return fail(server, "malformed", f"answered with more than {LARGEST_ANSWER >> 20} MiB")
