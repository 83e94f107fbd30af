"""The ASGI application of ``/v1``: routes, errors in the client's dialect, relaying, and clients that hang up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest
from trunkline.core.errors import InvalidInput, NotFound, TooLarge, TrunklineError
from trunkline.core.tags import read_tags
from trunkline.dialects import gemini, openai_chat
from trunkline.dialects.dialect import StreamWriter
from trunkline.faces.cors import ANYONE, Cors, is_preflight
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.gemini_files import TICKET, take_piece
from trunkline.faces.v1.batches.service import serve_batches
from trunkline.faces.v1.delivery import HANG_UP, Delivery
from trunkline.faces.v1.errors import write_error
from trunkline.faces.v1.load import Load, Seat
from trunkline.faces.v1.models import write_model, write_models
from trunkline.faces.v1.ollama_calls import answer_state, read_call, show
from trunkline.faces.v1.operations import make_operation
from trunkline.faces.v1.plain_lane import PlainLane
from trunkline.faces.v1.realtime import Upgrade, serve_realtime
from trunkline.faces.v1.request import HangUp, Receive, RequestHeaders, Scope, Send, conflict, read_body
from trunkline.faces.v1.request_counts import RequestCounts
from trunkline.faces.v1.route_match import RouteMatch, read_path
from trunkline.faces.v1.status import WrongMethod
from trunkline.faces.v1.stored import recall
from trunkline.faces.v1.stray import make_stray_error
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.batches.desk import AskedBy, BatchDesk, RequestDesk
from trunkline.gateway.batches.named_files import DeskFiles, may_name, read_named_files
from trunkline.gateway.batches.upload_ticket import UploadTicket, UploadTickets
from trunkline.gateway.context import NOTHING, CallContext
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.compaction import Compaction
from trunkline.gateway.exchanges.count import Count
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.kept_response import ResponseStore
from trunkline.gateway.exchanges.response_count import ResponseCount
from trunkline.gateway.exchanges.responses import Responses
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.logs import bound, get_logger
from trunkline.outbound import Patience

BEGUN: Final = "trunkline.begun"
"""The key of the scope under which a call stands that began as a plain one (:mod:`trunkline.gateway.plain`)."""

_NAMING: Final = frozenset({"chat", "responses", "compact", "input_tokens", "count"})
"""The calls that may name files."""

_COUNTING: Final = frozenset({"input_tokens", "count"})
"""Those that count what such files have in them, by whichever rule."""

_FORM_BYTES: Final = 1 << 20
"""What a form may have around its file."""

KNOWN: Final = "trunkline.known"
"""The key of the scope under which our server waits to hear that the caller has a good key."""

log = get_logger(__name__)


class Application:
    """Serves ``/v1``, ``/v1beta`` and ``/ollama``.

    ``limit`` is the largest body in bytes, ``file_limit`` that of a batch's file.
    """

    def __init__(
        self,
        gateway: Gateway,
        identity: Identity,
        store: ResponseStore,
        desk: BatchDesk,
        *,
        limit: int,
        uploads: UploadTickets | None = None,
        file_limit: int = 100 << 20,
        ping_seconds: float = 15.0,
        cors: Cors = ANYONE,
        load: Load | None = None,
        counts: RequestCounts | None = None,
        patience: Patience | None = None,
    ) -> None:
        """``ping_seconds`` of silence in a stream are broken by us; 0: never. ``cors``: whose pages may call. ``load``
        bounds what is under way; ``counts`` are added to. ``uploads`` are for files that come by and by. ``patience``
        is for the clients of realtime sessions."""
        self._gateway = gateway
        self._identity = identity
        self._store = store
        self._desk = desk
        self._limit = limit
        self._file_limit = file_limit
        self._uploads = uploads
        self._ping_seconds = ping_seconds
        self._cors = cors
        self._load = load or Load()
        self._patience = patience or Patience()
        self._counts = RequestCounts() if counts is None else counts
        self.plain_lane = PlainLane(gateway.plain_calls(), identity, self._load, self._counts, limit=limit)
        """Where our own server looks first."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] == "OPTIONS" and is_preflight("OPTIONS", scope["headers"]):
            # Browsers ask without a key.
            allowed = self._cors.preflight(scope["headers"]) or [(b"vary", b"origin")]
            await send({"type": "http.response.start", "status": 204, "headers": allowed})
            await send({"type": "http.response.body", "body": b""})
            return
        request_headers = RequestHeaders(scope["headers"])
        route = read_path(
            scope["method"],
            scope["path"],
            scope["query_string"],
            anthropic=request_headers.anthropic,
            google=request_headers.google,
        )
        begun = scope.get(BEGUN)
        if begun is not None:
            request_headers.request_id = begun.request_id
        delivery = Delivery(scope, send, request_headers, route, self._cors, self._ping_seconds)
        try:
            with bound(request_id=request_headers.request_id):
                answer = await self._find_answer(scope, receive, request_headers, route, delivery)
                if answer is not None:
                    self._counts[route.dialect.name, route.kind, answer.status] += 1
                    await delivery.send(answer)
        except asyncio.CancelledError:
            # Nobody is left who would read the rest.
            if scope.get(HANG_UP) != "gone":
                raise
        finally:
            delivery.close()

    async def _find_answer(
        self, scope: Scope, receive: Receive, request_headers: RequestHeaders, route: RouteMatch, delivery: Delivery
    ) -> Answer | None:
        """The answer, be it an error; None where there is nobody or nothing left to send it to."""
        try:
            return await self._answer(scope, receive, request_headers, route, delivery)
        except HangUp:
            return None
        except TrunklineError as error:
            # Not kept in a variable: with its traceback it would hold this frame, and that all of the call.
            return await self._refuse(error, request_headers, route, delivery)
        except asyncio.CancelledError:
            if scope.get(HANG_UP) == "gone":
                return None
            if await delivery.has_begun():
                await delivery.interrupt()
                return None
            raise
        except Exception:
            # The last wall: a fault of ours must still answer in the client's own shape, and be logged.
            log.exception("fault", path=scope["path"])
            fault = TrunklineError("An unexpected fault. It is logged.")
        return await self._refuse(fault, request_headers, route, delivery)

    async def _refuse(
        self, fault: TrunklineError, request_headers: RequestHeaders, route: RouteMatch, delivery: Delivery
    ) -> Answer | None:
        if await delivery.has_begun():
            await delivery.fail(fault)
            return None
        return write_error(route.dialect, fault, request_headers.request_id)

    async def _answer(
        self, scope: Scope, receive: Receive, request_headers: RequestHeaders, route: RouteMatch, delivery: Delivery
    ) -> Answer | None:
        begun = scope.pop(BEGUN, None)
        if begun is not None:
            delivery.seat = Seat(self._load, sent=True)
            _watch(scope, receive)
            return await self._gateway.go_on(begun)
        if request_headers.conflicting:
            raise conflict()
        if route.kind == "realtime":
            return await self._serve_realtime(scope, receive, request_headers, route, delivery)
        ticket = self._find_ticket(scope, request_headers, route)
        if ticket is not None:
            actor = self._identity.again(ticket.user_id, ticket.workspace_id, ticket.session_id, ticket.key_id)
        else:
            actor = self._identity.actor(request_headers.credential, request_headers.workspace_id)
        known = scope.get(KNOWN)
        if known is not None:
            known()
        if route.kind == "nothing":
            if route.allowed:
                allowed = ", ".join(route.allowed)
                raise WrongMethod(f"{scope['path']} takes {allowed}, not {scope['method']}.", route.allowed)
            raise make_stray_error(scope["method"], scope["path"])
        if route.kind == "models":
            return await self._models(actor, route)
        if route.kind == "state":
            assert route.state is not None
            return await answer_state(self._gateway.model_names, actor, route.state)
        seat = delivery.seat = Seat(self._load)
        if route.kind == "batches":
            assert route.asked is not None
            return await self._serve_batches(scope, receive, request_headers, actor, route.asked, seat, ticket)
        body = await read_body(receive, request_headers, self._limit, seat)
        _watch(scope, receive)
        request_id = request_headers.request_id
        context = _read_context(request_headers)
        if route.kind in _NAMING and may_name(body, route.dialect.name):
            body, keeper = await self._place_files(actor, route, body, seat)
            if keeper is not None:
                context = msgspec.structs.replace(context, keeper=keeper)
                request_headers.say_files_beta()
        match route.kind:
            case "show":
                return show(self._gateway.model_names, actor, body)
            case "chat" | "embeddings" if route.dialect.name == "ollama":
                asked = read_call(self._gateway.model_names, actor, route, body)
                if isinstance(asked, Answer):
                    return asked
                if asked.streams:
                    delivery.expect_stream()
                return await self._gateway.run(actor, route.kind, asked, request_id, context)
            case "chat":
                chat = _chat(route, body, request_headers)
                if chat.streams:
                    delivery.expect_stream()
                return await self._gateway.run(actor, "chat", chat, request_id, context)
            case "responses" | "compact":
                made = Responses if route.kind == "responses" else Compaction
                responses = made(body, actor, self._store)
                if responses.streams:
                    delivery.expect_stream()
                await responses.load()
                return await self._gateway.run(actor, "chat", responses, request_id, context)
            case "input_tokens":
                counted = ResponseCount(body)
                await counted.load(self._store, actor)
                return await self._gateway.counting.count(actor, counted, request_id)
            case "stored":
                query: bytes = scope["query_string"]
                return await recall(self._gateway, self._store, actor, route.action, route.name, query, request_id)
            case "embeddings":
                return await self._gateway.run(actor, "embeddings", _embeddings(route, body), request_id, context)
            case "count":
                count = Count(route.dialect.name, body, route.model)
                return await self._gateway.counting.count(actor, count, request_headers.request_id)
            case kind:
                call = make_operation(kind, body, scope["headers"])
                # The others may answer in one piece to who asked for a stream, and must be able to.
                if kind == "completions" and call.streams:
                    delivery.expect_stream()
                return await self._gateway.run(actor, call.operation, call, request_id, context)

    async def _serve_realtime(
        self, scope: Scope, receive: Receive, request_headers: RequestHeaders, route: RouteMatch, delivery: Delivery
    ) -> None:
        upgrade = Upgrade(scope, request_headers)
        actor = self._identity.actor(upgrade.credential, request_headers.workspace_id)
        known = scope.get(KNOWN)
        if known is not None:
            known()
        delivery.seat = Seat(self._load)
        _watch(scope, receive)
        context = _read_context(request_headers)
        await serve_realtime(
            self._gateway,
            self._find_again(actor, upgrade.credential),
            upgrade,
            request_headers,
            context,
            self._cors,
            self._patience,
        )
        self._counts[route.dialect.name, route.kind, 101] += 1

    def _find_again(self, actor: Actor, credential: str | None) -> Callable[[], Actor]:
        """Who was let in, whenever that is looked at: a key still has to be good, or the session of a user."""
        if actor.key_id is not None:
            return partial(self._identity.actor, credential, actor.workspace_id)
        return partial(self._identity.again, actor.user_id, actor.workspace_id, actor.session_id, None)

    async def _place_files(self, actor: Actor, route: RouteMatch, body: bytes, seat: Seat) -> tuple[bytes, str | None]:
        """The body with what its provider knows of the files that it names, and the configuration that keeps them."""
        dialect = route.dialect.name
        named = await read_named_files(DeskFiles(self._desk), actor, body, dialect)
        model = route.model or (named.model if named is not None else None)
        if named is None or model is None:
            return body, None
        keeper = None if route.kind in _COUNTING else named.find_keeper(self._gateway.vetting, model, dialect)
        placed = await named.place(keeper, self._limit)
        if len(placed.body) > len(body):
            seat.take(len(placed.body) - len(body))
        return placed

    async def _serve_batches(
        self,
        scope: Scope,
        receive: Receive,
        request_headers: RequestHeaders,
        actor: Actor,
        asked: BatchPath,
        seat: Seat,
        ticket: UploadTicket | None,
    ) -> Answer:
        check(actor, "call")
        body = b""
        if scope["method"] == "POST":
            largest = self._file_limit + _FORM_BYTES
            try:
                body = await read_body(receive, request_headers, largest, seat, "TRUNKLINE_MAX_FILE_MB")
            except TooLarge:
                most = f"has at most {self._file_limit >> 20} MiB, as has a batch with its requests."
                error = InvalidInput.of("file", f"{most} Make several of it, or have TRUNKLINE_MAX_FILE_MB raised.")
                # Anthropic's clients know a 413 for it: https://docs.anthropic.com/en/api/errors
                raise TooLarge(str(error)) if asked.wire == "anthropic" else error from None
        context = _read_context(request_headers)
        request = BatchRequest(body, scope["query_string"], scope["headers"], context, scope["scheme"])
        client: tuple[str, int] | None = scope.get("client")
        by = AskedBy(request_headers.request_id, client[0] if client else None)
        desk = RequestDesk(self._desk, by)
        if ticket is not None:
            return await take_piece(desk, actor, ticket, request)
        return await serve_batches(desk, actor, asked, request, self._uploads, self._file_limit)

    def _find_ticket(self, scope: Scope, request_headers: RequestHeaders, route: RouteMatch) -> UploadTicket | None:
        """The upload to which a piece belongs, which comes without a key."""
        if route.kind != "batches" or self._uploads is None or not scope["path"].startswith("/upload/"):
            return None
        written = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(TICKET)
        return None if written is None else self._uploads.read(written)

    async def _models(self, actor: Actor, route: RouteMatch) -> Answer:
        if not route.name:
            listed = await self._gateway.model_names.list(actor)
            return Answer(200, [JSON], body=await write_models(route.dialect.name, listed))
        found = self._gateway.model_names.find(actor, route.name)
        if found is not None:
            return Answer(200, [JSON], body=write_model(route.dialect.name, found))
        raise NotFound(f"There is no model or configuration {route.name!r} here.", code="model_not_found")


def _read_context(request_headers: RequestHeaders) -> CallContext:
    unit, tags, targets = request_headers.unit, request_headers.tags, request_headers.targets
    cache_control, trace = request_headers.cache_control, request_headers.trace
    if unit is None and tags is None and not targets and not cache_control and trace is None:
        return NOTHING
    return CallContext(
        unit=unit,
        tags=() if tags is None else read_tags(tags),
        targets=targets,
        cache_control=cache_control,
        trace=trace,
    )


def _chat(route: RouteMatch, body: bytes, request_headers: RequestHeaders) -> Chat:
    if route.array:
        return Chat(route.dialect, body, route.model, route.stream, writer=_write_array)
    return Chat(route.dialect, body, route.model, route.stream, forwarded=request_headers.forwarded)


def _write_array(request: ChatRequest) -> StreamWriter:
    return gemini.DIALECT.stream_writer(request, array=True)


def _embeddings(route: RouteMatch, body: bytes) -> Embeddings:
    if route.dialect.name != "gemini":
        return Embeddings(openai_chat.DIALECT, body)
    return Embeddings(gemini.DIALECT if route.batch else gemini.SINGLE, body, route.model)


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
