"""Messages of MCP: JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one in each body.

https://modelcontextprotocol.io/specification/2026-07-28/basic#messages
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, TypeAlias, cast

import msgspec

from trunkline.core.chat import JsonObject, JsonValue

RequestId: TypeAlias = str | int

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
HEADER_MISMATCH: Final = -32020
UNSUPPORTED_VERSION: Final = -32022
"""https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes"""

STATUSES: Final = {
    PARSE_ERROR: HTTPStatus.BAD_REQUEST,
    INVALID_REQUEST: HTTPStatus.BAD_REQUEST,
    METHOD_NOT_FOUND: HTTPStatus.NOT_FOUND,
    INVALID_PARAMS: HTTPStatus.BAD_REQUEST,
    HEADER_MISMATCH: HTTPStatus.BAD_REQUEST,
    UNSUPPORTED_VERSION: HTTPStatus.BAD_REQUEST,
}
"""What goes over HTTP with an error."""


class RpcError(Exception):
    """What a request is answered with instead of a result. ``status``: over HTTP, where that is not the usual one."""

    def __init__(
        self,
        code: int,
        message: str,
        data: JsonValue = None,
        *,
        request_id: RequestId | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.request_id = request_id
        self.status = status or STATUSES.get(code, HTTPStatus.OK).value

    def record(self) -> JsonObject:
        """As it is sent. ``id`` is null where that of the request is not known."""
        return write_error(self.request_id, self.code, self.message, self.data)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A request, or a notification, which has no ``id`` and is not answered."""

    method: str
    id: RequestId | None = None
    params: JsonObject = {}

    @property
    def meta(self) -> JsonObject:
        """The request's ``_meta``."""
        meta = self.params.get("_meta")
        return meta if isinstance(meta, dict) else {}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: a result or an error."""

    id: RequestId | None
    is_error: bool


def write_result(request_id: RequestId | None, result: JsonObject) -> JsonObject:
    """The answer to the request of that id."""
    return {"jsonrpc": "2.0", "id": request_id, "result": result}


def write_error(request_id: RequestId | None, code: int, message: str, data: JsonValue = None) -> JsonObject:
    """The answer to a request that failed."""
    error: JsonObject = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": request_id, "error": error}


def read_message(body: bytes) -> Message | Reply:
    """The one message of a body. Raises :class:`RpcError` that says what is wrong with it."""
    return read_decoded(read_json(body))


def read_json(body: bytes) -> object:
    """What the JSON of a body is. Raises :class:`RpcError` where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise RpcError(PARSE_ERROR, "The body is not JSON in UTF-8.") from None


def read_decoded(given: object) -> Message | Reply:
    """The message that was this JSON. Raises :class:`RpcError` that says what is wrong with it."""
    if isinstance(given, list):
        words = "The body is a batch. MCP has none since revision 2025-06-18: send one message in each request."
        raise RpcError(INVALID_REQUEST, words)
    if not isinstance(given, dict):
        raise RpcError(INVALID_REQUEST, "The body must be a JSON-RPC message: a JSON object.")
    members = cast("JsonObject", given)
    request_id = _read_id(members)
    if members.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'jsonrpc: must be "2.0".', request_id=request_id)
    method = members.get("method")
    if "method" not in members and ("result" in members) != ("error" in members):
        return Reply(id=request_id, is_error="error" in members)
    if not isinstance(method, str) or not method:
        raise RpcError(INVALID_REQUEST, "method: must be the name of a method.", request_id=request_id)
    params = members.get("params", {})
    if not isinstance(params, dict):
        raise RpcError(INVALID_REQUEST, "params: must be a JSON object.", request_id=request_id)
    meta = params.get("_meta", {})
    if not isinstance(meta, dict):
        raise RpcError(INVALID_PARAMS, "params._meta: must be a JSON object.", request_id=request_id)
    return Message(method=method, id=request_id, params=params)


def _read_id(members: JsonObject) -> RequestId | None:
    """None where there is none. A reply to what could not be read has null."""
    given = members.get("id")
    if "id" not in members or (given is None and "method" not in members):
        return None
    # JSON's true is a whole number in Python.
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise RpcError(INVALID_REQUEST, "id: must be a text or a whole number.")
    return given
