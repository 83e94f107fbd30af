"""One realtime session under way: messages pass both ways, and each response passes the gates and is accounted for.

A client that asks for a response is answered by an event where it may not have it. Where the provider begins one by
itself, because it heard that somebody has stopped talking, the gates are asked then; a response that is refused is
stopped, and the client gets nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from trunkline.core.errors import InvalidInput, TrunklineError
from trunkline.core.ids import new_id
from trunkline.core.usage_event import Outcome
from trunkline.dialects import openai_error
from trunkline.dialects.openai_operations import realtime_event as wire
from trunkline.dialects.openai_operations.realtime_event import Event
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.realtime.admission import Admission
from trunkline.gateway.realtime.response_books import Opened, ResponseBooks
from trunkline.gateway.realtime.turn import Turn, TurnMaker
from trunkline.outbound import Ended, WebSocket
from trunkline.outbound.web_socket import ABNORMAL, is_sendable

LONGEST_SECONDS: Final = 7_200.0
"""Of a session. OpenAI ends one after an hour: https://developers.openai.com/api/docs/guides/realtime-conversations."""

LOOK_SECONDS: Final = 0.25
"""How often it is looked whether anything has changed that ends the session."""

_EXPIRY_LOOKS: Final = 20
"""After so many of them the key is looked at, too, though nothing has changed: it may have expired."""

LAST_WORD_SECONDS: Final = 2.0
"""How long the provider may take to tell what a response has used that nobody waits for any more."""

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
POLICY: Final = 1008
FAULT: Final = 1011
AGAIN: Final = 1012
"""https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number"""


class Over(NamedTuple):
    """How a session ends: what either side is told, and how responses that are under way stand in the books."""

    code: int
    reason: str
    outcome: Outcome = "error"
    error: TrunklineError | str | None = None


class Session:
    """Between a client and ``upstream``, which is the provider's side.

    ``status_of`` gives the HTTP status of an error, by which it is classed on the wire.
    """

    def __init__(
        self,
        upstream: WebSocket,
        admission: Admission,
        books: ResponseBooks,
        *,
        requested_model: str,
        status_of: Callable[[TrunklineError], int],
        refused: Callable[[TrunklineError, str], None],
    ) -> None:
        self._upstream = upstream
        self._admission = admission
        self._books = books
        self._requested_model = requested_model
        self._status_of = status_of
        self._refused = refused
        self._turns = TurnMaker()
        self._stopped: set[str] = set()
        """The responses of which the client gets nothing."""

    async def run(self, client: WebSocket) -> None:
        """Serve until one side ends it, or something here does. Cancelling it says to both that the server stops."""
        over = Over(FAULT, "An unexpected fault. It is logged.", "error", "internal")
        tasks = [
            asyncio.ensure_future(self._listen(client)),
            asyncio.ensure_future(self._relay(client)),
            asyncio.ensure_future(self._watch()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            over = next(iter(done)).result()
        except asyncio.CancelledError:
            over = Over(GOING_AWAY, "Trunkline is stopping. Connect again.", "error", "unavailable")
            raise
        except TrunklineError as error:
            over = Over(FAULT, error.message, "error", error)
        finally:
            for task in tasks:
                task.cancel()
            client.close(over.code, over.reason)
            await self._finish(over, tasks)
            await asyncio.wait([asyncio.ensure_future(one.wait_closed()) for one in (client, self._upstream)])

    async def _finish(self, over: Over, tasks: Sequence[asyncio.Task[Over]]) -> None:
        """Hear from the provider what the last responses have used, close its side, and close the books."""
        try:
            # A process that stops may be gone before anything more is heard.
            if over.code != GOING_AWAY:
                await asyncio.gather(*tasks, return_exceptions=True)
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await self._hear_last_words()
        except (Ended, TimeoutError):
            pass
        finally:
            self._upstream.close(NORMAL)
            await self._books.close(over.outcome, over.error)

    async def _hear_last_words(self) -> None:
        for response_id in self._books.running:
            await self._upstream.send(wire.write_cancel(response_id))
        while self._books.running:
            event = wire.read_event(await self._upstream.receive())
            if event is not None and event.type == wire.RESPONSE_DONE:
                await self._books.end(wire.read_response(event.response))

    # What the client says.

    async def _listen(self, client: WebSocket) -> Over:
        try:
            while True:
                message = await client.receive()
                event = wire.read_event(message)
                if event is None:
                    error = InvalidInput.of("", "A message must be an event: a JSON object with a type.")
                    await self._tell(client, error, None)
                    continue
                passed = await self._admit(client, message, event)
                if isinstance(passed, Over):
                    return passed
                if passed is not None:
                    over = await self._send_on(passed)
                    if over is not None:
                        return over
        except Ended as ended:
            code = ended.code if ended.ours else NORMAL
            return Over(code, ended.reason, "cancelled")

    async def _send_on(self, message: bytes) -> Over | None:
        try:
            await self._upstream.send(message)
        except Ended as ended:
            return _gone(ended, self._hide(ended.reason))
        return None

    async def _admit(self, client: WebSocket, message: bytes, event: Event) -> bytes | Over | None:
        """What goes on to the provider; None: nothing."""
        if event.type == wire.SESSION_UPDATE:
            model = wire.read_model(event.session)
            candidate = self._admission.candidate
            if model is not None and model not in {self._requested_model, candidate.model}:
                words = f"is {self._requested_model!r} in this session, and cannot be changed. Connect anew for another"
                await self._tell(client, InvalidInput.of("session.model", words), event.event_id)
                return None
            if model is not None and model != candidate.model:
                message = wire.set_model(message, candidate.model)
        if event.type != wire.RESPONSE_CREATE:
            self._turns.hear(event)
            return message
        if event.event_id is None:
            # By it the provider says which response it refuses.
            event_id = f"event_{new_id()}"
            message = wire.name_event(message, event_id)
        else:
            event_id = event.event_id
        over = self._renew()
        if over is not None:
            return over
        turn = self._turns.make(event)
        try:
            opened = await self._open(turn, event_id)
            # What the provider is asked, the books know, whatever becomes of this process.
            await self._books.written(opened)
        except TrunklineError as error:
            self._refused(error, self._admission.request_id)
            await self._tell(client, error, event.event_id)
            return None
        return message

    async def _open(self, turn: Turn, cause: str | None) -> Opened:
        """Pass the gates and open the books."""
        admission = self._admission
        pending = await admission.ask(turn)
        opened = self._write_down(turn, pending, cause)
        self._turns.begin()
        return opened

    def _write_down(self, turn: Turn, pending: PendingCall | None, cause: str | None) -> Opened:
        admission = self._admission
        try:
            opened = self._books.open(admission.candidate, admission.disclosure, turn, pending, cause)
        except TrunklineError:
            if pending is not None:
                pending.void()
            raise
        if pending is not None:
            pending.opened = True
        return opened

    async def _tell(self, client: WebSocket, error: TrunklineError, cause: str | None) -> None:
        status = self._status_of(error)
        said = openai_error.write_error(error, status, self._admission.request_id)
        await client.send(wire.write_error_event(said, f"event_{new_id()}", cause))

    # What the provider says.

    async def _relay(self, client: WebSocket) -> Over:
        while True:
            try:
                message = await self._upstream.receive()
            except Ended as ended:
                return _gone(ended, self._hide(ended.reason))
            event = wire.read_event(message) or Event()
            try:
                over = await self._note(client, event)
                if over is not None:
                    return over
                if self._is_stopped(event):
                    continue
                disclosure = self._admission.disclosure
                told = disclosure.last(message) if event.type == wire.ERROR else disclosure.whole(message)
                await client.send(told)
            except Ended as ended:
                return Over(ended.code if ended.ours else NORMAL, ended.reason, "cancelled")

    async def _note(self, client: WebSocket, event: Event) -> Over | None:
        """Write down what an event tells, before the client sees it."""
        books, admission = self._books, self._admission
        kind = event.type
        if kind in wire.SOUNDS or kind in wire.WORDS:
            books.hear(event, self._turns.setting.out_per_ms)
        elif kind == wire.RESPONSE_CREATED:
            return await self._begin(client, event)
        elif kind == wire.RESPONSE_DONE:
            usage = await books.end(wire.read_response(event.response))
            if usage is not None:
                self._turns.end(usage)
        elif kind in wire.SESSION_STATES:
            self._turns.setting = wire.read_setting(event.session)
        elif kind == wire.ERROR:
            await books.refuse(wire.read_cause(event.error))
        elif kind == wire.TRANSCRIBED:
            model = self._turns.setting.transcribes or admission.candidate.model
            await books.transcribe(admission.candidate, admission.disclosure, model, event)
        return None

    async def _begin(self, client: WebSocket, event: Event) -> Over | None:
        told = wire.read_response(event.response)
        if self._books.begin(told) is not None:
            return None
        # Nobody has asked for it: the provider has heard that somebody stopped talking.
        over = self._renew()
        if over is not None:
            return over
        turn = self._turns.make(None)
        try:
            await self._open(turn, None)
            self._books.begin(told)
        except TrunklineError as error:
            self._refused(error, self._admission.request_id)
            self._write_down(turn, None, None).error = error
            self._books.begin(told)
            self._stopped.add(told.id)
            over = await self._send_on(wire.write_cancel(told.id))
            await self._tell(client, error, None)
        return over

    def _is_stopped(self, event: Event) -> bool:
        if not self._stopped:
            return False
        response_id = event.response_id
        if response_id is None and event.type.startswith("response."):
            response_id = wire.read_response(event.response).id
        return response_id in self._stopped

    # What happens here.

    async def _watch(self) -> Over:
        loop = asyncio.get_running_loop()
        end, looks = loop.time() + LONGEST_SECONDS, 0
        while loop.time() < end:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            if not self._admission.is_current or looks % _EXPIRY_LOOKS == 0:
                over = self._renew()
                if over is not None:
                    return over
        return Over(GOING_AWAY, f"A session lasts for {LONGEST_SECONDS / 3600:g} hours. Connect again.", "ok")

    def _renew(self) -> Over | None:
        try:
            self._admission.renew()
        except TrunklineError as error:
            again = error.code == "configuration_changed"
            return Over(AGAIN if again else POLICY, error.message, "error", error)
        return None

    def _hide(self, reason: str) -> str:
        return self._admission.disclosure.last(reason.encode()).decode("utf-8", "replace")


def _gone(ended: Ended, reason: str) -> Over:
    """The provider's side has ended."""
    if ended.ours or ended.code == ABNORMAL:
        why = f" {reason}" if reason else ""
        words = f"The provider{why}." if ended.ours else f"The provider closed the connection.{why}"
        return Over(FAULT, words, "error", "unreachable")
    return Over(ended.code if is_sendable(ended.code) else NORMAL, reason, "error", "unreachable")
