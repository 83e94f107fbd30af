"""Writing files into the store, and reading them from it, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Final

from trunkline.core.actor import Actor
from trunkline.gateway.batches.desk import AddPiece, BatchDesk, BeginFile, FinishFile, ReadPiece, SendFile
from trunkline.gateway.batches.file_record import PIECE_BYTES, FileRecord, Purpose

KEEPER: Final = b"x-trunkline-configuration"
"""Names the configuration whose provider is to keep a file."""


async def store(
    desk: BatchDesk,
    actor: Actor,
    parts: Iterable[bytes | memoryview],
    *,
    name: str,
    purpose: Purpose,
    lifetime: int | None = None,
    media_type: str = "",
    send: bool = False,
    configuration: str | None = None,
) -> FileRecord:
    """Keep what ``parts`` come to. With ``send`` a provider is sent it, see :class:`.SendFile`."""
    made = await desk.ask(actor, BeginFile(name=name, purpose=purpose, lifetime=lifetime, media_type=media_type))
    held = bytearray()
    number = 0
    for part in parts:
        for at in range(0, len(part), PIECE_BYTES):
            held += part[at : at + PIECE_BYTES]
            while len(held) >= PIECE_BYTES:
                await desk.ask(actor, AddPiece(file_id=made.id, number=number, piece=bytes(held[:PIECE_BYTES])))
                del held[:PIECE_BYTES]
                number += 1
    if held:
        await desk.ask(actor, AddPiece(file_id=made.id, number=number, piece=bytes(held)))
    if send:
        return await desk.ask(actor, SendFile(file_id=made.id, configuration=configuration))
    return await desk.ask(actor, FinishFile(file_id=made.id))


async def read(desk: BatchDesk, actor: Actor, file_id: str) -> AsyncGenerator[bytes]:
    """The pieces of a file."""
    number = 0
    while piece := await desk.ask(actor, ReadPiece(file_id=file_id, number=number)):
        yield piece
        number += 1


def join_lines(items: Iterable[bytes]) -> Iterable[bytes]:
    """Values in JSON, one a line. A line break within one is space between its tokens."""
    for item in items:
        yield item.replace(b"\n", b" ").replace(b"\r", b" ")
        yield b"\n"


class FileRelay:
    """A file on its way to the client. Implements :class:`~trunkline.gateway.answer.Relay`."""

    def __init__(self, pieces: AsyncGenerator[bytes]) -> None:
        self._pieces = pieces
        self.over = False

    async def next(self, write: Callable[[bytes], bool] | None = None) -> bytes:
        """See the protocol."""
        del write
        piece = await anext(self._pieces, b"")
        self.over = not piece
        return piece

    async def abandon(self) -> None:
        """See the protocol."""
        self.over = True
        await self._pieces.aclose()

    async def interrupt(self) -> bytes:
        """See the protocol. A file has no words for an error, and its length was not told."""
        await self.abandon()
        return b""
