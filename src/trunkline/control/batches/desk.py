"""The desk of the process that has the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

from trunkline.control.audit import Audit
from trunkline.control.batches.batches import Batches
from trunkline.control.batches.files import Files
from trunkline.control.batches.provider_files import ProviderFiles
from trunkline.control.request_context import request_context
from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, TrunklineError
from trunkline.gateway.batches.desk import (
    NO_REQUEST,
    AddPiece,
    AnyQuestion,
    AskedBy,
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
    SendFile,
)

R = TypeVar("R")

_ACTIONS: Final[Mapping[type[Question[Any]], str]] = {
    FindFile: "files.read",
    ReadPiece: "files.download",
    DropFile: "files.delete",
    CreateBatch: "batches.create",
    FindBatch: "batches.read",
    CancelBatch: "batches.cancel",
    DropBatch: "batches.delete",
}
"""What the audit log calls an attempt that was refused."""


class Desk:
    """Implements :class:`~trunkline.gateway.batches.desk.BatchDesk`. Attempts at what is others' are noted."""

    def __init__(self, files: Files, provider_files: ProviderFiles, batches: Batches, audit: Audit) -> None:
        self._files = files
        self._provider_files = provider_files
        self._batches = batches
        self._audit = audit

    async def ask(self, actor: Actor, question: Question[R], by: AskedBy = NO_REQUEST) -> R:
        """See the protocol."""
        with request_context(by.request_id, by.address):
            try:
                check(actor, "call")
                return cast("R", await self._answer(actor, cast("AnyQuestion", question)))
            except (Forbidden, NotFound) as error:
                await self._note_refusal(actor, question, error)
                raise

    async def _note_refusal(self, actor: Actor, question: Question[Any], error: TrunklineError) -> None:
        action = _ACTIONS.get(type(question))
        if action is None:
            return
        identity = getattr(question, "file_id", None) or getattr(question, "batch_id", None)
        if isinstance(error, NotFound) and not (identity and await self._audit.is_hidden([identity])):
            # Nobody has it: a slip of the pen.
            return
        await self._audit.refused(actor, action, target=("file" if action.startswith("files.") else "batch", identity))

    async def _answer(self, actor: Actor, question: AnyQuestion) -> object:
        files, batches = self._files, self._batches
        match question:
            case BeginFile():
                return await files.begin(
                    actor, question.name, question.purpose, question.lifetime, media_type=question.media_type
                )
            case AddPiece():
                return await files.add_piece(actor, question.file_id, question.number, question.piece)
            case FinishFile():
                return await files.finish(actor, question.file_id, question.size)
            case SendFile():
                return await self._provider_files.send(actor, question.file_id, question.configuration)
            case FindFile():
                return await files.find(actor, question.file_id)
            case ListFiles():
                return await files.list_own(
                    actor,
                    limit=question.limit,
                    after=question.after,
                    before=question.before,
                    newest_first=question.newest_first,
                    purposes=question.purposes,
                )
            case ReadPiece():
                return await files.read_piece(actor, question.file_id, question.number, download=question.download)
            case DropFile():
                await self._provider_files.forget(actor, question.file_id)
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
