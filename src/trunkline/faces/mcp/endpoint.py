"""``/mcp``: the tools of this server, over streamable HTTP."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trunkline.control.mcp.json_rpc import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    Message,
    RpcError,
    read_message,
    write_error,
    write_result,
)
from trunkline.control.mcp.own_server import complete, write_tool_failure, write_tool_result
from trunkline.control.mcp.revision import Era, find_era
from trunkline.control.mcp.tool import Tool, ToolCall
from trunkline.core.chat import JsonObject
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.errors import request_id_of
from trunkline.faces.http.event_stream import EVENTS as STREAM
from trunkline.faces.http.refusal import note_refusal, remember_action
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import Services, ServicesDep
from trunkline.faces.mcp.exchange import check_request, send_message, send_when_done
from trunkline.faces.mcp.origin import OriginCheck
from trunkline.logs import get_logger

router = Router(tags=["MCP"])

_log: Final = get_logger(__name__)

_CLIENT_GONE: Final = 499

MESSAGE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "A request, or a notification, which has no `id`.",
                    "required": ["jsonrpc", "method"],
                    "properties": {
                        "jsonrpc": {"const": "2.0"},
                        "id": {"type": ["string", "integer"]},
                        "method": {"type": "string", "minLength": 1},
                        "params": {"type": "object"},
                    },
                    "examples": [{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}],
                }
            }
        },
    }
}
"""The body of a message, for the description of the API. What is in it, MCP says."""

_ANSWER: Final = {
    "type": "object",
    "required": ["jsonrpc"],
    "properties": {"jsonrpc": {"const": "2.0"}, "result": {"type": "object"}, "error": {"type": "object"}},
}

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The answer to a request.",
        "content": {"application/json": {"schema": _ANSWER}, **STREAM[200]["content"]},
    },
    202: {"description": "A notification was taken."},
    406: {"description": "The client reads neither JSON nor server-sent events."},
    415: {"description": "The body is no JSON."},
}


@router.post(
    "/mcp",
    dependencies=[OriginCheck, allow("mcp.use")],
    openapi_extra=MESSAGE,
    responses=ANSWERS,
    response_class=Response,
)
async def send_mcp_message(services: ServicesDep, request: Request, actor: ActorDep) -> Response:
    """Send a message of MCP to Trunkline's own server, whose tools are those that the API key may use."""
    try:
        check_request(request)
        message = read_message(await request.body())
        if not isinstance(message, Message):
            raise RpcError(INVALID_REQUEST, "This server asks nothing, and takes no answers.")
        era = find_era(message, request.headers)
    except RpcError as error:
        return JSONResponse(error.record(), error.status)
    if message.id is None:
        return Response(status_code=202)
    try:
        if message.method != "tools/call":
            result = complete(services.mcp.answer(actor, message, era), era)
            return send_message(request, write_result(message.id, result))
        tool, arguments = services.mcp.require_tool(actor, message)
    except RpcError as error:
        # Clients of earlier revisions take the status for that of the transport alone.
        return JSONResponse(error.record(), error.status if era == "modern" else 200)
    remember_action(request, tool.action)
    call = ToolCall(actor, request_id_of(request))
    doing = asyncio.ensure_future(_call(services, request, message, era, tool, call, arguments))
    return await send_when_done(request, message, doing) or Response(status_code=_CLIENT_GONE)


async def _call(
    services: Services,
    request: Request,
    message: Message,
    era: Era,
    tool: Tool[Any],
    call: ToolCall,
    arguments: JsonObject,
) -> JsonObject:
    """The whole answer to a ``tools/call``. Never raises for what goes wrong in the tool."""
    try:
        result = write_tool_result(await tool.run(call, arguments))
    except TrunklineError as error:
        await note_refusal(request, error)
        result = write_tool_failure(error.words if isinstance(error, UpstreamError) else error.message)
    except Exception as error:  # noqa: BLE001 - an answer that has begun can say it in no other way
        _log.error("request_failed", request_id=call.request_id, error=type(error).__name__)
        words = f"Something went wrong on our side. Tell your administrator the request id {call.request_id}."
        return write_error(message.id, INTERNAL_ERROR, words)
    return write_result(message.id, complete(result, era))
