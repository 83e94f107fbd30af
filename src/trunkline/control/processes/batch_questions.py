"""Files and batches, for a process that has no database: asked of the one that has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar, cast

import msgspec

from trunkline.control.processes.link import Handler, Link
from trunkline.core.actor import Actor
from trunkline.gateway.batches.batch_record import BatchRecord
from trunkline.gateway.batches.desk import (
    NO_REQUEST,
    AnyQuestion,
    AskedBy,
    BatchDesk,
    BeginFile,
    CancelBatch,
    CreateBatch,
    FindBatch,
    FindFile,
    FinishFile,
    ListBatches,
    ListFiles,
    Question,
    ReadPiece,
    SendFile,
)
from trunkline.gateway.batches.file_record import FileRecord

TOPIC: Final = "batches"

R = TypeVar("R")


class _Question(msgspec.Struct, array_like=True):
    actor: Actor
    question: AnyQuestion
    by: AskedBy


_ANSWERS: Final[Mapping[type[Question[Any]], Any]] = {
    BeginFile: FileRecord,
    FinishFile: FileRecord,
    SendFile: FileRecord,
    FindFile: FileRecord,
    ListFiles: list[FileRecord],
    ReadPiece: bytes,
    CreateBatch: BatchRecord,
    FindBatch: BatchRecord,
    ListBatches: list[BatchRecord],
    CancelBatch: BatchRecord,
}
"""What each is answered with; the others with nothing."""

_encoder: Final = msgspec.msgpack.Encoder()
_question: Final = msgspec.msgpack.Decoder(_Question)


class AskedDesk:
    """Implements :class:`~trunkline.gateway.batches.desk.BatchDesk` over ``ask``."""

    def __init__(self, ask: Callable[[str, bytes], Awaitable[bytes]]) -> None:
        self._ask = ask

    async def ask(self, actor: Actor, question: Question[R], by: AskedBy = NO_REQUEST) -> R:
        """See the protocol."""
        told = await self._ask(TOPIC, _encoder.encode(_Question(actor, cast("AnyQuestion", question), by)))
        return cast("R", msgspec.msgpack.decode(told, type=_ANSWERS.get(type(question), type(None))))


def answer_batches(desk: BatchDesk) -> Mapping[str, Handler]:
    """What the process that has ``desk`` answers those questions with."""

    async def answer(_link: Link, payload: bytes) -> bytes:
        asked = _question.decode(payload)
        question = cast("Question[Any]", asked.question)
        return _encoder.encode(await desk.ask(asked.actor, question, asked.by))

    return {TOPIC: answer}
