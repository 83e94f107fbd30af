"""Running answers: written by tasks of this process, followed and stopped from any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import Any, Final

import msgspec

from trunkline.control.conversations.answer_errors import AnswerFailed, interrupted
from trunkline.control.conversations.answer_track import (
    LONGEST,
    AnswerEvent,
    events_after,
    length_of,
    read_events,
    stored_parts,
)
from trunkline.control.conversations.answer_writing import AnswerWriting, Order
from trunkline.control.conversations.pictures import Pictures, owner_of
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import NotFound, TrunklineError, Unavailable
from trunkline.core.price import usd
from trunkline.gateway.gateway import Gateway
from trunkline.logs import get_logger
from trunkline.storage import answers as rows
from trunkline.storage import conversations
from trunkline.storage.conversations import RUNNING
from trunkline.storage.database import Database
from trunkline.storage.tables import ConversationMessage, MessagePiece, now

POLL_SECONDS: Final = 0.25
"""How often a reader looks for more where another process writes."""

AWAY_SECONDS: Final = 2.0
"""How long a reader waits for a database that is away before it asks again."""

BEGIN_SECONDS: Final = 15.0
"""How long an answer may take to begin before its asker is shown the stream all the same."""

END_SECONDS: Final = 5.0
"""How long somebody who stops an answer waits to see its end."""

LOST_AFTER: Final = timedelta(seconds=30)
RECOVER_SECONDS: Final = 15.0
_RECOVERED: Final = 64
_PAGE: Final = 16
"""Pieces that a reader holds at most."""

_AT_ONCE: Final = 4 * LONGEST
"""Characters of a finished answer that a reader holds at most."""

_log: Final = get_logger(__name__)


class Look(msgspec.Struct, frozen=True):
    """A message as it is now, and the next of its pieces."""

    message: ConversationMessage
    pieces: Sequence[MessagePiece]


class Answers:
    """Writes answers in tasks, which go on when their reader leaves.

    Readers get them from the database alone, so that it does not matter which process writes, and a slow reader holds
    nothing up. An answer whose process died is found by its silence and ends as interrupted, with what had come.
    """

    def __init__(self, database: Database, gateway: Gateway, pictures: Pictures) -> None:
        self._database = database
        self._gateway = gateway
        self._pictures = pictures
        self._running: dict[str, AnswerWriting] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, order: Order) -> None:
        """Have a message that is in the database answered, and wait until that has begun, or for 15 seconds.

        :class:`AnswerFailed` when it failed before there was anything to show, or the :class:`Forbidden` of a key that
        may not use the model. Going away stops nothing.
        """
        writing = AnswerWriting(self._database, self._gateway, self._pictures, order)
        self._running[order.message_id] = writing
        task = asyncio.create_task(writing.run(), name=f"answer {order.message_id}")
        self._tasks.add(task)

        def forget(_: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._running.pop(order.message_id, None)

        task.add_done_callback(forget)
        done, _ = await asyncio.wait({writing.begun}, timeout=BEGIN_SECONDS)
        failure: AnswerFailed | None = writing.begun.result() if done else None
        if failure is not None:
            raise failure.refusal or failure

    async def find(self, actor: Actor, conversation_id: str, message_id: str | None) -> ConversationMessage:
        """An answer of the actor's: that of the id, else the one that is being written, else the branch's last.

        :class:`NotFound` when there is none.
        """
        access.check(actor, "conversations.read")
        owner = owner_of(actor)
        async with self._database.read() as tx:
            if message_id is not None:
                found = await conversations.find_message(tx, owner, conversation_id, message_id)
            else:
                conversation = await conversations.find(tx, owner, conversation_id)
                if conversation is None:
                    raise NotFound("There is no conversation of that id among yours.")
                running = await conversations.list_running(tx, conversation_id)
                leaf_id = running[-1].id if running else conversation.leaf_id
                found = await conversations.get_message(tx, leaf_id) if leaf_id else None
        if found is None or found.role != "assistant":
            raise NotFound("There is no such answer in this conversation.")
        return found

    async def follow(self, message_id: str, after: int = -1) -> AsyncGenerator[AnswerEvent]:
        """The events of an answer behind the position ``after``, from whatever process, to its end.

        To be asked for what :meth:`find` has found. It ends early when the conversation is deleted.
        """
        while True:
            writing = self._running.get(message_id)
            changed = writing.changed if writing is not None else None
            try:
                look = await self._look(message_id, after)
            except Unavailable:
                # The answer is written all the same; what comes is read when the database is back.
                await asyncio.sleep(AWAY_SECONDS)
                continue
            if look is None:
                return
            message = look.message
            ended = message.state != RUNNING
            if after < 0 and (ended or message.model is not None):
                after = 0
                yield _start(message)
            if ended:
                events = _next_of(message, after)
                # A slow reader must not hold a long answer in memory: what it has no room for is read again.
                del look, message
                for event in events:
                    yield event
                    after = event.id
                if not events:
                    return
                continue
            for piece in look.pieces:
                if after >= 0:
                    yield AnswerEvent(piece.sequence, piece.event, piece.data)
                    after = piece.sequence
            if len(look.pieces) < _PAGE:
                await _wait(changed)

    async def wait(self, message_id: str, seconds: float | None = None) -> None:
        """Until an answer has ended, wherever it is written; at most so long."""

        async def read() -> None:
            async for _ in self.follow(message_id, after=0):
                pass

        try:
            async with asyncio.timeout(seconds):
                await read()
        except TimeoutError:
            pass

    async def stop(self, actor: Actor, conversation_id: str, message_id: str | None) -> ConversationMessage:
        """End an answer (see :meth:`find`), or all of the conversation without an id; gives the last as it is then.

        What had come is kept, and the provider is told to stop. One that has ended stays as it is.
        """
        access.check(actor, "conversations.change")
        wanted = await self.find(actor, conversation_id, message_id)
        async with self._database.write() as tx:
            ids = [wanted.id]
            if message_id is None:
                running = await conversations.list_running(tx, conversation_id)
                ids += [message.id for message in running if message.id != wanted.id]
            await rows.request_stop(tx, ids)
        for identity in ids:
            if (writing := self._running.get(identity)) is not None:
                writing.stop()
        await self.wait(wanted.id, END_SECONDS)
        return await self.find(actor, conversation_id, wanted.id)

    async def recover(self) -> int:
        """End as interrupted the answers whose process has died, as half a minute of silence tells."""
        count = 0
        async with self._database.write() as tx:
            for message in await rows.find_silent(tx, now() - LOST_AFTER, limit=_RECOVERED):
                if message.id not in self._running:
                    pieces = await rows.all_pieces(tx, message.id)
                    count += await rows.finish(tx, message.id, _interrupt(pieces))
        return count

    async def watch(self) -> None:
        """Recover every quarter of a minute until cancelled, the first time at once."""
        while True:
            try:
                await self.recover()
            except TrunklineError as error:
                _log.warning("answers_of_dead_processes_not_found", reason=error.message)
            await asyncio.sleep(RECOVER_SECONDS)

    async def close(self, seconds: float) -> None:
        """Let the running answers finish for so long; those that do not end as interrupted, with what had come."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        for writing in self._running.values():
            writing.interrupt()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _look(self, message_id: str, after: int) -> Look | None:
        async with self._database.read() as tx:
            message = await conversations.get_message(tx, message_id)
            if message is None:
                return None
            pieces = await rows.find_pieces(tx, message_id, after=max(after, 0), limit=_PAGE)
        return Look(message, pieces)


def _interrupt(pieces: Sequence[MessagePiece]) -> dict[str, Any]:
    track = read_events((piece.event, piece.data) for piece in pieces)
    parts = track.parts
    return {
        "content": track.text,
        "parts": [] if all(part["type"] == "text" for part in parts) else parts,
        "state": "interrupted",
        "error": interrupted().record(),
        "finished_at": now(),
    }


def _start(message: ConversationMessage) -> AnswerEvent:
    return AnswerEvent(
        0,
        "start",
        {
            "requestId": message.request_id,
            "conversationId": message.conversation_id,
            "messageId": message.id,
            "model": message.model,
        },
    )


def last_position(message: ConversationMessage) -> int:
    """The id of the last event of an answer that has ended."""
    return length_of(stored_parts(message.content, message.parts)) + 1


def _next_of(message: ConversationMessage, after: int) -> Sequence[AnswerEvent]:
    return list(takewhile(lambda event: event.id <= after + _AT_ONCE, _rest(message, after)))


def _rest(message: ConversationMessage, after: int) -> Iterator[AnswerEvent]:
    yield from events_after(stored_parts(message.content, message.parts), after)
    last = last_position(message)
    if last > after:
        if message.error is not None:
            yield AnswerEvent(last, "error", message.error)
        else:
            cost = None if message.cost_nanos is None else usd(message.cost_nanos)
            data: dict[str, JsonValue] = {
                "finishReason": message.finish_reason,
                "usage": message.usage,
                "costUSD": cost,
                "firstTokenMs": message.first_token_ms,
                "durationMs": message.duration_ms,
            }
            yield AnswerEvent(last, "done", data)


async def _wait(changed: asyncio.Event | None) -> None:
    if changed is None:
        await asyncio.sleep(POLL_SECONDS)
        return
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await changed.wait()
    except TimeoutError:
        pass
