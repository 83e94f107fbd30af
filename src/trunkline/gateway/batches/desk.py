"""Where files and batches are kept: asked by the processes that serve calls, answered by the one with the database."""

from __future__ import annotations

from typing import Final, Generic, Protocol, TypeVar

import msgspec

from trunkline.core.actor import Actor
from trunkline.gateway.batches.batch_record import BatchOrder, BatchRecord, Wire
from trunkline.gateway.batches.file_record import ABOUT_BATCHES, SENT, FileRecord, Purpose

R = TypeVar("R")


class Question(msgspec.Struct, Generic[R], frozen=True, kw_only=True, tag=True):
    """Something that is asked, which ``R`` answers. Whose it is stands beside it."""


class BeginFile(Question[FileRecord], frozen=True, kw_only=True, tag=True):
    """Begin a file, which is nobody's until it is finished. ``lifetime`` in seconds; None: the usual one.

    ``media_type`` is what its maker says that it is.
    """

    name: str
    purpose: Purpose
    lifetime: int | None = None
    media_type: str = ""


class AddPiece(Question[None], frozen=True, kw_only=True, tag=True):
    """Write the piece ``number``, from 0, of a file that was begun."""

    file_id: str
    number: int
    piece: bytes


class FinishFile(Question[FileRecord], frozen=True, kw_only=True, tag=True):
    """The file is whole now. Raises InvalidInput where it has not as many bytes as ``size`` says."""

    file_id: str
    size: int | None = None


class SendFile(Question[FileRecord], frozen=True, kw_only=True, tag=True):
    """The file is whole now, and goes to the provider of ``configuration``, a name or id.

    Raises InvalidInput where that keeps no files, and what the provider says. ``default`` is the caller's default
    configuration, or where that keeps no files, its only one of OpenAI. With None it goes to the provider of the
    caller's default configuration, and stays here alone where there is none or it keeps no files.
    """

    file_id: str
    configuration: str | None


class FindFile(Question[FileRecord], frozen=True, kw_only=True, tag=True):
    """Raises NotFound for what is not the caller's."""

    file_id: str


class ListFiles(Question[list[FileRecord]], frozen=True, kw_only=True, tag=True):
    """The caller's own, by their making: ``limit`` after the one with the id ``after``, or before ``before``."""

    limit: int
    after: str | None = None
    before: str | None = None
    newest_first: bool = True
    purposes: tuple[Purpose, ...] = (*ABOUT_BATCHES, *SENT)


class ReadPiece(Question[bytes], frozen=True, kw_only=True, tag=True):
    """The piece ``number`` of a file; empty behind its end. ``download``: whether its maker reads it, not a call."""

    file_id: str
    number: int
    download: bool = True


class DropFile(Question[None], frozen=True, kw_only=True, tag=True):
    """Forget a file. Raises Conflict where a batch that runs needs it."""

    file_id: str


class CreateBatch(Question[BatchRecord], frozen=True, kw_only=True, tag=True):
    """Begin a batch. Raises InvalidInput that names the line which is wrong."""

    order: BatchOrder


class FindBatch(Question[BatchRecord], frozen=True, kw_only=True, tag=True):
    """How it stands now. Raises NotFound for what is not the caller's, or not of this wire."""

    wire: Wire
    batch_id: str


class ListBatches(Question[list[BatchRecord]], frozen=True, kw_only=True, tag=True):
    """The caller's own of one wire, the newest first: ``limit`` after, or before, the one with an id."""

    wire: Wire
    limit: int
    after: str | None = None
    before: str | None = None


class CancelBatch(Question[BatchRecord], frozen=True, kw_only=True, tag=True):
    """Run nothing more of it. What has ended stays as it is."""

    wire: Wire
    batch_id: str


class DropBatch(Question[None], frozen=True, kw_only=True, tag=True):
    """Forget a batch that has ended, with its results. Raises Conflict where it runs."""

    wire: Wire
    batch_id: str


AnyQuestion = (
    BeginFile
    | AddPiece
    | FinishFile
    | SendFile
    | FindFile
    | ListFiles
    | ReadPiece
    | DropFile
    | CreateBatch
    | FindBatch
    | ListBatches
    | CancelBatch
    | DropBatch
)


class AskedBy(msgspec.Struct, frozen=True, array_like=True):
    """The request that a question is part of, for the audit log; ``address`` is the client's."""

    request_id: str | None = None
    address: str | None = None


NO_REQUEST: Final = AskedBy()


class BatchDesk(Protocol):
    """Answers. Raises Unavailable when it cannot be reached."""

    async def ask(self, actor: Actor, question: Question[R], by: AskedBy = NO_REQUEST) -> R:
        """The answer for ``actor``, who sees nothing of what is others'."""
        ...


class RequestDesk:
    """Another desk, asked for one request."""

    __slots__ = ("_by", "_desk")

    def __init__(self, desk: BatchDesk, by: AskedBy) -> None:
        self._desk = desk
        self._by = by

    async def ask(self, actor: Actor, question: Question[R], by: AskedBy = NO_REQUEST) -> R:
        """See the protocol."""
        del by
        return await self._desk.ask(actor, question, self._by)
