"""The desk of the process that has the database."""

from __future__ import annotations

from typing import TypeVar, cast

from trunkline.control.batches.batches import Batches
from trunkline.control.batches.files import Files
from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.gateway.batches.desk import (
    AddPiece,
    AnyQuestion,
    BeginFile,
    CancelBatch,
    CreateBatch,
    DropBatch,
    DropFile,
    FindBatch,
    FindFile,
    FinishFile,
    ListBatches,
    ListFiles,
    Question,
    ReadPiece,
)

R = TypeVar("R")


class Desk:
    """Implements :class:`~trunkline.gateway.batches.desk.BatchDesk`."""

    def __init__(self, files: Files, batches: Batches) -> None:
        self._files = files
        self._batches = batches

    async def ask(self, actor: Actor, question: Question[R]) -> R:
        """See the protocol."""
        check(actor, "call")
        return cast("R", await self._answer(actor, cast("AnyQuestion", question)))

    async def _answer(self, actor: Actor, question: AnyQuestion) -> object:
        files, batches = self._files, self._batches
        match question:
            case BeginFile():
                return await files.begin(actor, question.name, question.purpose, question.lifetime)
            case AddPiece():
                return await files.add_piece(actor, question.file_id, question.number, question.piece)
            case FinishFile():
                return await files.finish(actor, question.file_id)
            case FindFile():
                return await files.find(actor, question.file_id)
            case ListFiles():
                return await files.list_own(
                    actor,
                    limit=question.limit,
                    after=question.after,
                    newest_first=question.newest_first,
                    purpose=question.purpose,
                )
            case ReadPiece():
                return await files.read_piece(actor, question.file_id, question.number)
            case DropFile():
                return await files.drop(actor, question.file_id)
            case CreateBatch():
                return await batches.create(actor, question.order)
            case FindBatch():
                return await batches.find(actor, question.wire, question.batch_id)
            case ListBatches():
                return await batches.list_own(
                    actor, question.wire, limit=question.limit, after=question.after, before=question.before
                )
            case CancelBatch():
                return await batches.cancel(actor, question.wire, question.batch_id)
            case DropBatch():
                return await batches.drop(actor, question.wire, question.batch_id)
