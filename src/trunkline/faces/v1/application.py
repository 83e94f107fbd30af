"""The ASGI application of ``/v1``: routes, errors in the client's dialect, relaying, and clients that hang up."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import NotFound, TrunklineError
from trunkline.dialects import gemini, openai_chat
from trunkline.dialects.dialect import Dialect, StreamWriter
from trunkline.faces.v1.asked import Asked, read_path
from trunkline.faces.v1.models import write_model, write_models
from trunkline.faces.v1.operations import make_operation
from trunkline.faces.v1.request import Carried, HangUp, Receive, Scope, Send, conflict, read_body
from trunkline.faces.v1.status import retry_after, status_of
from trunkline.faces.v1.stored import recall
from trunkline.gateway.answer import JSON, Answer, CutOff, HeaderList, Relay
from trunkline.gateway.chat import Chat
from trunkline.gateway.compaction import Compaction
from trunkline.gateway.context import NOTHING, CallContext
from trunkline.gateway.count import Count
from trunkline.gateway.embeddings import Embeddings
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.gateway.kept_response import ResponseStore
from trunkline.gateway.response_count import ResponseCount
from trunkline.gateway.responses import Responses

HANG_UP: Final = "trunkline.hang_up"
"""The key of the scope by which our server is asked to cancel the task when the client goes away."""

KNOWN: Final = "trunkline.known"
"""The key of the scope under which our server waits to hear that the caller has a good key."""

SEND_WHOLE: Final = "trunkline.send_whole"
"""The key of the scope under which our server offers to send a whole answer in one write."""

SLICE_BYTES: Final = 64 * 1024
"""Of an answer that is larger, so much is written at once."""

log = structlog.stdlib.get_logger(__name__)


class Application:
    """Serves ``/v1`` and ``/v1beta``. ``limit`` is the largest body in bytes."""

    def __init__(self, gateway: Gateway, identity: Identity, store: ResponseStore, *, limit: int) -> None:
        self._gateway = gateway
        self._identity = identity
        self._store = store
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        carried = Carried(scope["headers"])
        asked = read_path(
            scope["method"], scope["path"], scope["query_string"], anthropic=carried.anthropic, google=carried.google
        )
        dialect = asked.dialect
        try:
            answer = await self._answer(scope, receive, carried, asked)
        except HangUp:
            return
        except TrunklineError as error:
            answer = write_error(dialect, error, carried.request_id)
        except asyncio.CancelledError:
            if scope.get(HANG_UP) == "gone":
                return
            raise
        except Exception:
            # The last wall: a fault of ours must still answer in the client's own shape, and be logged.
            log.exception("fault", path=scope["path"], request_id=carried.request_id)
            answer = write_error(dialect, TrunklineError("An unexpected fault. It is logged."), carried.request_id)
        answer.headers.append((b"x-request-id", carried.request_id.encode()))
        if answer.relay is None:
            await _send_whole(scope, send, answer)
        else:
            await _relay(scope, send, answer, answer.relay)

    async def _answer(self, scope: Scope, receive: Receive, carried: Carried, asked: Asked) -> Answer:
        if carried.conflicting:
            raise conflict()
        actor = self._identity.actor(carried.credential, carried.workspace_id)
        known = scope.get(KNOWN)
        if known is not None:
            known()
        if asked.kind == "nothing":
            where = f"{scope['method']} {scope['path']}"
            raise NotFound(f"There is no {where} here. GET /docs lists what there is.", code="unknown_path")
        if asked.kind == "models":
            return self._models(actor, asked)
        body = await read_body(receive, carried.length, self._limit)
        _watch(scope, receive)
        request_id = carried.request_id
        context = NOTHING if carried.unit is None else CallContext(unit=carried.unit)
        match asked.kind:
            case "chat":
                return await self._gateway.run(actor, "chat", _chat(asked, body, carried), request_id, context)
            case "responses" | "compact":
                made = Responses if asked.kind == "responses" else Compaction
                responses = made(body, actor, self._store)
                await responses.load()
                return await self._gateway.run(actor, "chat", responses, request_id, context)
            case "input_tokens":
                counted = ResponseCount(body)
                await counted.load(self._store, actor)
                return await self._gateway.count(actor, counted, request_id)
            case "stored":
                query: bytes = scope["query_string"]
                return await recall(self._gateway, self._store, actor, asked.action, asked.name, query, request_id)
            case "embeddings":
                return await self._gateway.run(actor, "embeddings", _embeddings(asked, body), request_id, context)
            case "count":
                count = Count(asked.dialect.name, body, asked.model)
                return await self._gateway.count(actor, count, carried.request_id)
            case kind:
                call = make_operation(kind, body, scope["headers"])
                return await self._gateway.run(actor, call.operation, call, request_id, context)

    def _models(self, actor: Actor, asked: Asked) -> Answer:
        names = self._gateway.names(actor)
        if not asked.name:
            return Answer(200, [JSON], body=write_models(asked.dialect.name, names))
        for listed in names:
            if listed[0] == asked.name:
                return Answer(200, [JSON], body=write_model(asked.dialect.name, listed))
        raise NotFound(f"There is no model or configuration {asked.name!r} here.", code="model_not_found")


def _chat(asked: Asked, body: bytes, carried: Carried) -> Chat:
    if asked.array:
        return Chat(asked.dialect, body, asked.model, asked.stream, writer=_write_array)
    return Chat(asked.dialect, body, asked.model, asked.stream, forwarded=carried.forwarded)


def _write_array(request: ChatRequest) -> StreamWriter:
    return gemini.DIALECT.stream_writer(request, array=True)


def _embeddings(asked: Asked, body: bytes) -> Embeddings:
    if asked.dialect.name != "gemini":
        return Embeddings(openai_chat.DIALECT, body)
    return Embeddings(gemini.DIALECT if asked.batch else _SINGLE, body, asked.model)


class _SingleEmbedding(gemini.GeminiDialect):
    """``embedContent``: one text in, one vector out."""

    def write_embeddings_response(
        self, response: EmbeddingsResponse, request: EmbeddingsRequest, *, batch: bool = False
    ) -> bytes:
        """The one vector."""
        return super().write_embeddings_response(response, request, batch=batch)


_SINGLE: Final = _SingleEmbedding()


def _watch(scope: Scope, receive: Receive) -> None:
    """Have this task cancelled when the client goes away.

    Our own server does it when asked, which costs nothing; other servers say so through ``receive``.
    """
    if HANG_UP in scope:
        scope[HANG_UP] = "watch"
        return
    task = asyncio.current_task()
    assert task is not None

    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope[HANG_UP] = "gone"
        task.cancel()

    listener = asyncio.ensure_future(listen())
    task.add_done_callback(lambda _: listener.cancel())


async def _send_whole(scope: Scope, send: Send, answer: Answer) -> None:
    answer.headers.append((b"content-length", b"%d" % len(answer.body)))
    body = answer.body
    at_once = scope.get(SEND_WHOLE)
    if at_once is not None and len(body) <= SLICE_BYTES:
        at_once(answer.status, answer.headers, body)
        return
    # A large one leaves as fast as it is read, so that no second copy of it waits for a slow reader.
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    for start in range(0, len(body) - SLICE_BYTES, SLICE_BYTES):
        await send({"type": "http.response.body", "body": body[start : start + SLICE_BYTES], "more_body": True})
    rest = len(body) % SLICE_BYTES or min(len(body), SLICE_BYTES)
    await send({"type": "http.response.body", "body": body[len(body) - rest :]})


async def _relay(scope: Scope, send: Send, answer: Answer, relay: Relay) -> None:
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        while piece := await relay.next():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except asyncio.CancelledError:
        if scope.get(HANG_UP) == "gone":
            await relay.abandon()
            return
        # The server stops and has waited long enough: the client is told so, in its own dialect.
        try:
            last = await relay.interrupt()
        except CutOff:
            return
        await send({"type": "http.response.body", "body": last})
    except CutOff:
        # Left without its end, the answer is broken off by the server, which is the one way to say so.
        return
    except BaseException:
        # Whatever stopped it, the provider must stop too and the call be settled.
        await relay.abandon()
        raise


def write_error(dialect: Dialect, error: TrunklineError, request_id: str) -> Answer:
    """The answer for ``error`` in the client's dialect."""
    status = status_of(error)
    headers: HeaderList = [JSON]
    seconds = retry_after(error)
    if seconds is not None:
        headers.append((b"retry-after", b"%d" % max(1, round(seconds))))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return Answer(status, headers, body=dialect.write_error(error, status, request_id))
