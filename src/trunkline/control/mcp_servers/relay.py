"""Relaying messages to registered MCP servers: who may, how often, and what of it is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.audit import Outcome as AuditOutcome
from trunkline.control.mcp.json_rpc import INVALID_PARAMS, Message, Reply, RequestId, RpcError
from trunkline.control.mcp.revision import METHOD_HEADER, NAME_HEADER, VERSION_HEADER
from trunkline.control.mcp_servers.answer import is_stream, read_answer, read_events
from trunkline.control.mcp_servers.server import SERVER, Allowance, find_allowance
from trunkline.control.mcp_servers.session import HEADER, McpSessions
from trunkline.control.mcp_servers.upstream import Upstreams
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import NotFound, UpstreamError
from trunkline.outbound import IncomingResponse
from trunkline.storage import mcp_servers as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import McpServerRow

_PASSED: Final = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)
_PARAMETER: Final = "mcp-param-"
"""Header fields that go on to the server, with those that begin so. Nothing else of the caller's does."""

_LONGEST_NAME: Final = 128


class Relayed(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller is answered: the status, one message or several (the last one is the reply), and the session's
    sealed id where the server began one."""

    status: int
    message: JsonObject | None = None
    messages: AsyncGenerator[JsonObject] | None = None
    session: str | None = None


class McpRelay:
    """``take`` counts a request by the limits of its caller, and raises TooMany."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        upstreams: Upstreams,
        sessions: McpSessions,
        take: Callable[[Actor], Awaitable[None]],
    ) -> None:
        self._database = database
        self._audit = audit
        self._upstreams = upstreams
        self._sessions = sessions
        self._take = take

    async def find(self, actor: Actor, name: str) -> tuple[McpServerRow, Allowance]:
        """The server of that name or id, and what ``actor`` may call of it. Raises NotFound where that is nothing."""
        access.check(actor, "mcp.call")
        async with self._database.read() as tx:
            row = await rows.find_named(tx, actor.workspace_id, name)
        allowance = None if row is None or not row.is_enabled else find_allowance(row, actor)
        if row is None or allowance is None:
            raise NotFound("There is no MCP server of this name for this API key.", code="mcp_server_not_found")
        return row, allowance

    async def relay(
        self,
        actor: Actor,
        server: McpServerRow,
        allowance: Allowance,
        message: Message | Reply,
        given: JsonObject,
        headers: Mapping[str, str],
    ) -> Relayed:
        """Hand on one message, which is ``given`` in full. Raises RpcError, TooMany and UpstreamError."""
        if isinstance(message, Message) and message.method == "tools/call":
            tool = message.params.get("name")
            if not isinstance(tool, str) or not allowance.allows(tool):
                await self._audit.refused(actor, "mcp.call", target=(SERVER, server.id))
                words = "This API key may not call a tool of that name on this server."
                raise RpcError(INVALID_PARAMS, words, request_id=message.id)
        if isinstance(message, Reply) or message.id is None:
            response = await self._send(actor, server, "POST", given, headers)
            response.abort()
            return Relayed(status=202 if response.status < 300 else _pass_on(response.status))
        await self._take(actor)
        record = self._make_record(actor, server, message)
        try:
            response = await self._send(actor, server, "POST", given, headers)
            if response.status == 404 and HEADER in headers:
                response.abort()
                raise lost_session(message)
            if is_stream(response):
                events = read_events(server, response, message.id)
                told = self._tell(events, message, allowance, record)
                return Relayed(status=200, messages=told, session=self._read_session(actor, server, response))
            answer = await _read(server, response, message)
        except BaseException:
            # Also a client that goes away: what was sent is audited, and the error goes on.
            await _shield(record("failed"))
            raise
        await _shield(record(_judge(answer)))
        session = self._read_session(actor, server, response)
        return Relayed(status=_pass_on(response.status), message=_narrow(answer, message, allowance), session=session)

    async def end_session(self, actor: Actor, server: McpServerRow, headers: Mapping[str, str]) -> None:
        """Tell the server that a session is over. Raises RpcError with the server's status where it does not agree."""
        response = await self._send(actor, server, "DELETE", None, headers)
        response.abort()
        if response.status >= 300:
            raise _refused(server, response.status, None)

    async def _send(
        self, actor: Actor, server: McpServerRow, method: str, body: JsonObject | None, headers: Mapping[str, str]
    ) -> IncomingResponse:
        sent = [("accept", "application/json, text/event-stream")]
        sent += [(name, headers[name]) for name in _PASSED if name in headers]
        sent += [(name, value) for name, value in headers.items() if name.startswith(_PARAMETER)]
        if (given := headers.get(HEADER)) is not None:
            session = self._sessions.open(given, actor, server.id)
            if session is None:
                raise lost_session(None)
            sent.append((HEADER, session))
        if body is None:
            return await self._upstreams.send(server, method, sent)
        # Written anew: a name that stands twice in what was sent means one thing here, and might mean another there.
        sent.append(("content-type", "application/json"))
        return await self._upstreams.send(server, method, sent, msgspec.json.encode(body))

    async def _tell(
        self,
        events: AsyncGenerator[JsonObject],
        message: Message,
        allowance: Allowance,
        record: Callable[[AuditOutcome], Coroutine[Any, Any, None]],
    ) -> AsyncGenerator[JsonObject]:
        outcome: AuditOutcome = "failed"
        try:
            async for event in events:
                if "method" not in event:
                    outcome = _judge(event)
                yield _narrow(event, message, allowance)
        finally:
            await events.aclose()
            await _shield(record(outcome))

    def _make_record(
        self, actor: Actor, server: McpServerRow, message: Message
    ) -> Callable[[AuditOutcome], Coroutine[Any, Any, None]]:
        """Writes down how a call of a tool ended: who, where and which, and nothing of what was said."""
        tool = message.params.get("name")

        async def record(outcome: AuditOutcome) -> None:
            if message.method != "tools/call" or not isinstance(tool, str):
                return
            told: JsonObject = {"name": server.name, "tool": tool[:_LONGEST_NAME]}
            async with self._database.write() as tx:
                await self._audit.record(tx, actor, "mcp.call", target=(SERVER, server.id), after=told, outcome=outcome)

        return record

    def _read_session(self, actor: Actor, server: McpServerRow, response: IncomingResponse) -> str | None:
        session = response.headers.get(HEADER)
        return None if not session else self._sessions.seal(session, actor, server.id)


async def _shield(noting: Coroutine[Any, Any, None]) -> None:
    """Who hangs up is cancelled again and again, and what was called is written down all the same."""
    await asyncio.shield(asyncio.ensure_future(noting))


def lost_session(message: Message | None) -> RpcError:
    """The session is over, or is another's: a client begins a new one.

    https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
    """
    words = "This session is not known here. Begin a new one with initialize."
    return RpcError(404, words, request_id=None if message is None else message.id, status=404)


async def _read(server: McpServerRow, response: IncomingResponse, message: Message) -> JsonObject:
    """The reply. Where the server refuses in words of its own, its status is passed on: by that, clients that know the
    current revision find out that it does not."""
    assert message.id is not None
    try:
        return await read_answer(server, response, message.id)
    except UpstreamError:
        if not 400 <= response.status < 500:
            raise
        raise _refused(server, response.status, message.id) from None


def _refused(server: McpServerRow, status: int, request_id: RequestId | None) -> RpcError:
    words = f"The MCP server {server.name!r} refused the request ({status})."
    return RpcError(_pass_on(status), words, request_id=request_id, status=_pass_on(status))


def _judge(answer: JsonObject) -> AuditOutcome:
    result = answer.get("result")
    return "ok" if isinstance(result, dict) and result.get("isError") is not True else "failed"


def _pass_on(status: int) -> int:
    """The status for the caller: faults of the server are those of a gateway."""
    return 502 if status >= 500 else status


def _narrow(answer: JsonObject, message: Message, allowance: Allowance) -> JsonObject:
    """A list of tools without those that the caller may not call."""
    result = answer.get("result")
    if allowance.tools is None or message.method != "tools/list" or not isinstance(result, dict):
        return answer
    tools = result.get("tools")
    if not isinstance(tools, list):
        return answer
    names = allowance.tools
    kept: list[JsonValue] = [tool for tool in tools if isinstance(tool, dict) and tool.get("name") in names]
    # What one key is shown is not for the next one.
    scope: JsonObject = {"cacheScope": "private"} if "cacheScope" in result else {}
    return {**answer, "result": {**result, "tools": kept, **scope}}
