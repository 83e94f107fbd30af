"""``/mcp/{server}``: registered MCP servers, for the keys that may use them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Final, cast

from fastapi import Path
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trunkline.control.mcp.json_rpc import INVALID_REQUEST, Message, RpcError, read_decoded, read_json, write_error
from trunkline.control.mcp.revision import find_era
from trunkline.control.mcp_servers.relay import Relayed
from trunkline.control.mcp_servers.session import HEADER
from trunkline.core.chat import JsonObject
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.errors import headers_of, status_of
from trunkline.faces.http.event_stream import SentEvent, send_events
from trunkline.faces.http.provider_failures import PROVIDER_FAILURES
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.until_gone import wait_until_gone
from trunkline.faces.http.wire import SuccessResponse
from trunkline.faces.mcp.endpoint import ANSWERS, MESSAGE
from trunkline.faces.mcp.exchange import check_request, send_message
from trunkline.faces.mcp.origin import OriginCheck

router = Router(tags=["MCP"])

ServerName = Annotated[str, Path(max_length=64)]

_CLIENT_GONE: Final = 499


@router.post(
    "/mcp/{mcp_server_id}",
    dependencies=[OriginCheck, allow("mcp.call")],
    openapi_extra=MESSAGE,
    responses={**ANSWERS, **PROVIDER_FAILURES},
    response_class=Response,
)
async def relay_mcp_message(
    services: ServicesDep, request: Request, actor: ActorDep, mcp_server_id: ServerName
) -> Response:
    """Send a message to a registered MCP server. Lists of tools hold those that the API key may call."""
    server, allowance = await services.mcp_relay.find(actor, mcp_server_id)
    try:
        check_request(request)
        given = read_json(await request.body())
        message = read_decoded(given)
        if isinstance(message, Message):
            find_era(message, request.headers)
    except RpcError as error:
        return JSONResponse(error.record(), error.status)
    relaying = services.mcp_relay.relay(actor, server, allowance, message, cast("JsonObject", given), request.headers)
    doing = asyncio.ensure_future(relaying)
    if not await wait_until_gone(request, doing):
        return Response(status_code=_CLIENT_GONE)
    try:
        return _answer(request, message.id, await doing)
    except RpcError as error:
        return JSONResponse(error.record(), error.status)
    except TrunklineError as error:
        return _refuse(message.id, error)


@router.delete(
    "/mcp/{mcp_server_id}",
    dependencies=[OriginCheck, allow("mcp.call")],
    response_model=SuccessResponse,
    responses=PROVIDER_FAILURES,
)
async def end_mcp_session(
    services: ServicesDep, request: Request, actor: ActorDep, mcp_server_id: ServerName
) -> SuccessResponse | Response:
    """End a session of a registered MCP server, which the header `Mcp-Session-Id` names."""
    server, _ = await services.mcp_relay.find(actor, mcp_server_id)
    try:
        if HEADER not in request.headers:
            raise RpcError(INVALID_REQUEST, "Name the session in the header Mcp-Session-Id.")
        await services.mcp_relay.end_session(actor, server, request.headers)
    except RpcError as error:
        return JSONResponse(error.record(), error.status)
    return SuccessResponse()


def _answer(request: Request, request_id: str | int | None, relayed: Relayed) -> Response:
    if relayed.messages is not None:
        response: Response = send_events(_tell(relayed.messages, request_id))
    elif relayed.message is not None:
        response = send_message(request, relayed.message, relayed.status)
    else:
        response = Response(status_code=relayed.status)
    if relayed.session is not None:
        response.headers[HEADER] = relayed.session
    return response


async def _tell(messages: AsyncGenerator[JsonObject], request_id: str | int | None) -> AsyncGenerator[SentEvent]:
    try:
        async for message in messages:
            yield SentEvent("message", message)
    except TrunklineError as error:
        yield SentEvent("message", _write(request_id, error))
    finally:
        await messages.aclose()


def _refuse(request_id: str | int | None, error: TrunklineError) -> Response:
    return JSONResponse(_write(request_id, error), status_of(error).value, headers_of(error))


def _write(request_id: str | int | None, error: TrunklineError) -> JsonObject:
    words = error.words if isinstance(error, UpstreamError) else error.message
    return write_error(request_id, status_of(error).value, words)
