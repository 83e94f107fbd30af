"""What the body of an error looks like, and which statuses a face has of its own: by the beginning of the path.

By the path and not by the route, so that what no route answers (a wrong path, a body that is too large, a bug) has the
shape of its face too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from trunkline.core.errors import FieldError, TrunklineError

Body: TypeAlias = dict[str, object]
Schema: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """How one face tells its errors.

    ``write`` makes the body of a status, a message, the wrong fields and the request's id. ``statuses`` are by the code
    of an error, for a contract that has another status for it than the tree says. ``name`` and ``schema`` describe the
    body in the API's description.
    """

    name: str
    schema: Schema
    write: Callable[[HTTPStatus, str, Sequence[FieldError], str], Body]
    statuses: Mapping[str, HTTPStatus] = field(default_factory=dict[str, HTTPStatus])

    def status(self, error: TrunklineError, usual: HTTPStatus) -> HTTPStatus:
        """The status of ``error`` here, where it is ``usual`` elsewhere."""
        return self.statuses.get(error.code, usual)


def _write_full(status: HTTPStatus, message: str, fields: Sequence[FieldError], request_id: str) -> Body:
    body: Body = {"statusCode": status.value, "message": message, "error": status.phrase}
    if fields:
        body["errors"] = [{"field": wrong.field, "message": wrong.message} for wrong in fields]
    return {**body, "requestId": request_id}


def _write_brief(status: HTTPStatus, message: str, fields: Sequence[FieldError], request_id: str) -> Body:
    # The message names every wrong field, and the request's id is in the header x-request-id.
    del status, fields, request_id
    return {"success": False, "message": message}


FULL: Final = ErrorShape(
    "ErrorResponse",
    {
        "type": "object",
        "title": "ErrorResponse",
        "description": "What every request that fails is answered with.",
        "required": ["statusCode", "message", "error", "requestId"],
        "properties": {
            "statusCode": {"type": "integer", "description": "The HTTP status."},
            "message": {"type": "string", "description": "What is wrong and what to do, for people."},
            "error": {"type": "string", "description": "The status in words."},
            "errors": {
                "type": "array",
                "description": "Every wrong field, when the request is wrong.",
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                },
            },
            "requestId": {"type": "string", "description": "To tell your administrator."},
            "code": {"type": "string", "description": "Why an answer of a model failed, for programs."},
        },
    },
    _write_full,
)
"""``{"statusCode": 400, "message": "…", "error": "Bad Request", "errors": [{"field": …, "message": …}], …}``"""

_BRIEF_SCHEMA: Final[Schema] = {
    "type": "object",
    "title": "FailureResponse",
    "description": "What every request below /ai/llm and /policy that fails is answered with.",
    "required": ["success", "message"],
    "properties": {
        "success": {"type": "boolean", "const": False},
        "message": {"type": "string", "description": "What is wrong, with every wrong field, and what to do."},
    },
}

BRIEF: Final = ErrorShape("FailureResponse", _BRIEF_SCHEMA, _write_brief)
"""``{"success": false, "message": "…"}``"""

AI_LLM: Final = ErrorShape(
    "FailureResponse",
    _BRIEF_SCHEMA,
    _write_brief,
    {"duplicate_name": HTTPStatus.BAD_REQUEST, "in_use": HTTPStatus.FORBIDDEN},
)
"""The same, where a name that is taken is a wrong request, and what is in use is forbidden to go."""


def _write_rpc(status: HTTPStatus, message: str, fields: Sequence[FieldError], request_id: str) -> Body:
    error: Body = {"code": _RPC_CODES.get(status, status.value), "message": message}
    wrong = [{"field": each.field, "message": each.message} for each in fields]
    return {"jsonrpc": "2.0", "id": None, "error": {**error, "data": {"requestId": request_id, "errors": wrong}}}


_RPC_CODES: Final = {HTTPStatus.BAD_REQUEST: -32600, HTTPStatus.INTERNAL_SERVER_ERROR: -32603}
"""Of JSON-RPC, where it has one: https://www.jsonrpc.org/specification#error_object"""

RPC: Final = ErrorShape(
    "RpcErrorResponse",
    {
        "type": "object",
        "title": "RpcErrorResponse",
        "description": "What a message of MCP that fails is answered with: a JSON-RPC error.",
        "required": ["jsonrpc", "error"],
        "properties": {
            "jsonrpc": {"type": "string", "const": "2.0", "description": "The version of JSON-RPC."},
            "id": {
                "type": ["string", "integer", "null"],
                "description": "That of the request; `null` where it is not known.",
            },
            "error": {
                "type": "object",
                "description": "What is wrong.",
                "required": ["code", "message"],
                "properties": {
                    "code": {
                        "type": "integer",
                        "description": "That of JSON-RPC or MCP; the HTTP status where they have none.",
                    },
                    "message": {"type": "string", "description": "What is wrong and what to do, for people."},
                    "data": {"type": "object", "description": "Details."},
                },
            },
        },
    },
    _write_rpc,
)
"""``{"jsonrpc": "2.0", "id": null, "error": {"code": 401, "message": "…"}}``"""


def describe_failures(
    shape: ErrorShape, meanings: Mapping[int, tuple[str, str]], statuses: Iterable[int]
) -> dict[int | str, Schema]:
    """What a route says of how it fails, in the description of the API; every one can with 401.

    ``meanings`` has for each status what it means, and a message for the example.
    """
    described: dict[int | str, Schema] = {}
    for status in sorted({401, *statuses}):
        description, message = meanings[status]
        content = {
            "schema": {"$ref": f"#/components/schemas/{shape.name}"},
            "example": shape.write(HTTPStatus(status), message, (), ""),
        }
        described[status] = {"description": description, "content": {"application/json": content}}
    return described


_BY_PREFIX: Final[Mapping[str, ErrorShape]] = {"/ai/llm": AI_LLM, "/policy": BRIEF, "/mcp": RPC}


def shape_of(path: str) -> ErrorShape:
    """The shape of errors at ``path``: at a prefix of the table or below it; everywhere else the full one."""
    for prefix, shape in _BY_PREFIX.items():
        if path == prefix or path.startswith(f"{prefix}/"):
            return shape
    return FULL
