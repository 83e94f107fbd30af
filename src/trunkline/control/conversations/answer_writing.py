"""Writes one answer of a conversation: asks the model, keeps what comes, and ends it whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from trunkline.control.conversations.answer_errors import AnswerFailed, explain, explain_kind, internal, interrupted
from trunkline.control.conversations.answer_track import AnswerEvent, Track
from trunkline.control.conversations.pictures import Pictures, describe_elsewhere
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue, Usage
from trunkline.core.errors import InvalidInput, TrunklineError
from trunkline.gateway.context import CallContext
from trunkline.gateway.exchanges.message_stream import (
    Broken,
    Finished,
    MessageChat,
    Pictured,
    Said,
    Thought,
    Used,
    read_records,
)
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.relays.relay import LINGER_SECONDS
from trunkline.logs import get_logger
from trunkline.storage import answers as rows
from trunkline.storage import conversations
from trunkline.storage.database import Database
from trunkline.storage.tables import now

WRITE_SECONDS: Final = 0.25
"""What comes is written this often, and as often is looked whether somebody wants it to stop."""

BEAT_SECONDS: Final = 5.0
"""A silent answer is touched this often, to show that its process is alive."""

LONGEST_ANSWER: Final = 4_000_000
"""Characters. No model writes as much; a provider that runs wild must not fill memory and disk."""

END_TRIES: Final = 6
"""How often the end is written, in about half a minute, while the database is away."""

_log: Final = get_logger(__name__)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be answered, for whom and where. ``write_question`` makes the exchange with the gateway."""

    actor: Actor
    request_id: str
    conversation_id: str
    message_id: str
    context: CallContext
    write_question: Callable[[], Awaitable[MessageChat]]


class _Ending(msgspec.Struct, frozen=True):
    state: Literal["complete", "stopped", "failed", "interrupted"]
    finish_reason: str | None = None
    error: AnswerFailed | None = None


class AnswerWriting:
    """One answer that is being written by this process. :meth:`run` does it; the others may be called meanwhile."""

    def __init__(self, database: Database, gateway: Gateway, pictures: Pictures, order: Order) -> None:
        self._database = database
        self._gateway = gateway
        self._pictures = pictures
        self._order = order
        self._track = Track()
        self._exchange: MessageChat | None = None
        self._told: _Ending | None = None
        """How the model itself ended it."""
        self._used: Used | None = None
        self._wanted: Literal["stopped", "interrupted"] | None = None
        """How somebody else wants it to end."""
        self._stir = asyncio.Event()
        self._unwritten: list[AnswerEvent] = []
        self._beaten = 0.0
        self.changed = asyncio.Event()
        """Set, and replaced by a fresh one, each time that something was written for readers."""
        self.begun: asyncio.Future[AnswerFailed | None] = asyncio.get_running_loop().create_future()
        """Done when the first piece is there or all is over; with the failure, if there was no piece before it."""

    def stop(self) -> None:
        """End it as stopped, soon."""
        self._want("stopped")

    def interrupt(self) -> None:
        """End it as interrupted, soon."""
        self._want("interrupted")

    def _want(self, ending: Literal["stopped", "interrupted"]) -> None:
        self._wanted = self._wanted or ending
        self._stir.set()

    async def run(self) -> None:
        """Write it to its end."""
        reading = asyncio.ensure_future(self._read())
        reading.add_done_callback(lambda _: self._stir.set())
        running = True
        try:
            while running and self._wanted is None and self._told is None and not reading.done():
                await self._pause()
                running = await self._write()
            if self._told is None:
                await _cancel(reading)
            ending = self._ending()
            if running:
                await self._end(ending)
            if not self.begun.done():
                self.begun.set_result(ending.error)
            self._tell_readers()
            # The gateway reads on to the end of the body, so that its connection can serve again.
            await asyncio.wait({reading}, timeout=2 * LINGER_SECONDS)
        finally:
            # Also when this task is cancelled: the provider must stop, and the call be settled.
            await _cancel(reading)

    def _ending(self) -> _Ending:
        if self._told is not None:
            return self._told
        if self._wanted == "interrupted":
            return _Ending("interrupted", error=interrupted())
        return _Ending("stopped", "stopped")

    async def _read(self) -> None:
        order = self._order
        try:
            self._exchange = exchange = await order.write_question()
            answer = await self._gateway.run(order.actor, "chat", exchange, order.request_id, order.context)
        except TrunklineError as error:
            # A call that fails before its answer costs nothing.
            self._used = Used(Usage(), False, 0)
            self._told = _Ending("failed", error=explain(error))
            return
        except Exception:  # noqa: BLE001 - the last wall of a task that nobody else looks at
            self._told = self._fault()
            return
        assert answer.relay is not None
        try:
            async for record in read_records(answer):
                await self._take(record)
        except TrunklineError as error:
            await answer.relay.abandon()
            self._told = _Ending("failed", error=explain(error))
        except Exception:  # noqa: BLE001 - the same
            await answer.relay.abandon()
            self._told = self._fault()
        except asyncio.CancelledError:
            # By a stop, or because the server ends. The provider must stop too, and the call be settled.
            await answer.relay.abandon()
            raise

    def _fault(self) -> _Ending:
        # A fault of ours is logged, and the answer ends all the same.
        _log.exception("answer_failed", answer=self._order.message_id)
        return _Ending("failed", error=internal())

    async def _take(self, record: Said | Thought | Pictured | Finished | Broken) -> None:
        track = self._track
        match record:
            case Said(text=text):
                track.add("text", text)
            case Thought(text=text):
                track.add("reasoning", text)
            case Pictured(url=url):
                kept = await self._pictures.keep_made(self._order.actor, url, self._order.conversation_id)
                if kept is None:
                    track.add("text", describe_elsewhere(url))
                else:
                    track.add("image", kept)
            case Finished(reason=reason):
                self._told = _Ending("complete", reason)
            case Broken(message=said, kind=kind):
                self._told = _Ending("failed", error=explain_kind(kind, detail=said))
        if self._told is not None:
            self._stir.set()
        if track.position > LONGEST_ANSWER:
            raise InvalidInput(f"The answer has more than {LONGEST_ANSWER} characters. Ask for less at once.")
        if track.position and not self.begun.done():
            self.begun.set_result(None)
            self._stir.set()

    async def _pause(self) -> None:
        """Until there is something to do."""
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self._stir.wait()
        except TimeoutError:
            pass
        self._stir.clear()

    async def _write(self) -> bool:
        """Write what has come, and look whether it is to stop. False when it is not running any more."""
        self._unwritten += self._track.take()
        events = self._unwritten
        time = asyncio.get_running_loop().time()
        try:
            if events or time - self._beaten >= BEAT_SECONDS:
                pieces = [{"sequence": event.id, "event": event.event, "data": event.data} for event in events]
                async with self._database.write() as tx:
                    wanted = await rows.append(tx, self._order.message_id, pieces, self._signs(now()))
                self._unwritten, self._beaten = [], time
            else:
                async with self._database.read() as tx:
                    wanted = await rows.stop_wanted(tx, self._order.message_id)
        except TrunklineError as error:
            _log.warning("answer_not_written", answer=self._order.message_id, reason=error.message)
            return True
        if events:
            self._tell_readers()
        if wanted:
            self.stop()
        return wanted is not None

    def _signs(self, moment: datetime) -> dict[str, Any]:
        signs: dict[str, Any] = {"beat_at": moment}
        exchange = self._exchange
        if exchange is not None and exchange.call is not None and self._track.position:
            signs |= {"model": exchange.call.opened.model, "omitted": exchange.omitted}
        return signs

    async def _end(self, ending: _Ending) -> None:
        track, exchange = self._track, self._exchange
        used = self._used or (exchange.used() if exchange is not None else Used(Usage(), False, 0))
        parts = track.parts
        moment = now()
        values = self._signs(moment) | {
            "content": track.text,
            "parts": [] if all(part["type"] == "text" for part in parts) else parts,
            "state": ending.state,
            "finish_reason": ending.finish_reason,
            "usage": write_usage(used),
            "cost_nanos": used.cost_nanos,
            "first_token_ms": used.first_token_ms,
            "duration_ms": used.duration_ms,
            "error": None if ending.error is None else ending.error.record(),
            "finished_at": moment,
        }
        for attempt in range(END_TRIES):
            try:
                async with self._database.write() as tx:
                    await conversations.touch(tx, self._order.conversation_id, moment)
                    await rows.finish(tx, self._order.message_id, values)
            except TrunklineError as error:
                _log.warning("answer_end_not_written", answer=self._order.message_id, reason=error.message)
                await asyncio.sleep(2**attempt / 2)
            else:
                return

    def _tell_readers(self) -> None:
        told, self.changed = self.changed, asyncio.Event()
        told.set()


async def _cancel(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def write_usage(used: Used) -> dict[str, JsonValue]:
    """What a call used, as it is kept and told: the figures of its usage event."""
    usage = used.usage
    return {
        "inputTokens": usage.input,
        "outputTokens": usage.output,
        "totalTokens": usage.total,
        "cachedTokens": usage.cached,
        "reasoningTokens": usage.reasoning,
        "estimated": used.estimated,
    }
