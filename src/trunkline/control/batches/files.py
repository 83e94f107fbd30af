"""Files of callers: in pieces, encrypted, for their maker alone, for thirty days."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, InvalidInput, NotFound, TooLarge
from trunkline.core.ids import new_id
from trunkline.gateway.batches.file_record import ABOUT_BATCHES, PIECE_BYTES, SENT, FileRecord, Purpose
from trunkline.storage import batches as batch_rows
from trunkline.storage import files as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import StoredFile, now
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose as KeyPurpose

LIFETIME: Final = timedelta(days=30)
"""As long as OpenAI keeps those of batches: https://platform.openai.com/docs/api-reference/files/create."""

LISTED: Final[Sequence[Purpose]] = (*ABOUT_BATCHES, *SENT)

LONGEST_LINE: Final = 64 << 20
"""Bytes of one line: as much as a body may have."""


class Files:
    """Keeps them. ``limit`` is the most bytes of one that a caller may send; results may be larger.

    What callers upload, download and delete is in the audit log, without its content.
    """

    def __init__(
        self, database: Database, ring: KeyRing, audit: Audit, *, limit: int, clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._audit = audit
        self._box = Box(ring.derive(KeyPurpose.STORED_FILE))
        self._limit = limit
        self._clock = clock

    async def begin(
        self, actor: Actor, name: str, purpose: Purpose, lifetime: int | None = None, *, media_type: str = ""
    ) -> FileRecord:
        """A new file, of which nobody sees anything until it is finished."""
        made = self._clock()
        row = StoredFile(
            id=f"file-{new_id().replace('-', '')}",
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            name=name[:512],
            purpose=purpose,
            media_type=media_type[:255],
            size=0,
            whole=False,
            created_at=made,
            expires_at=made + (LIFETIME if lifetime is None else timedelta(seconds=lifetime)),
        )
        async with self._database.write() as tx:
            tx.add(row)
        return show(row)

    async def add_piece(self, actor: Actor, file_id: str, number: int, piece: bytes) -> None:
        """Write a piece of what was begun. Raises TooLarge above the limit."""
        sealed = self.seal(file_id, number, piece)
        async with self._database.write() as tx:
            row = await self._find(tx, actor, file_id)
            if row.whole:
                raise Conflict("This file is whole already.")
            if row.purpose != "batch_output" and row.size + len(piece) > self._limit:
                raise TooLarge(f"The file is over the limit of {self._limit >> 20} MiB (TRUNKLINE_MAX_FILE_MB).")
            await rows.add_piece(tx, file_id, number, sealed, len(piece))

    async def finish(
        self, actor: Actor, file_id: str, size: int | None = None, sent: tuple[str, str] | None = None
    ) -> FileRecord:
        """It is whole. Raises InvalidInput where that is not ``size`` bytes. ``sent``: to which configuration's
        provider, and its id there."""
        async with self._database.write() as tx:
            row = await self._find(tx, actor, file_id)
            if size is not None and row.size != size:
                raise InvalidInput.of(
                    "", f"The upload was to have {size:,} bytes and has {row.size:,}. Begin it again."
                )
            row.whole = True
            if sent is not None:
                row.configuration_id, row.provider_file_id = sent
            if row.purpose != "batch_output" and row.purpose in LISTED:
                await self._record(tx, actor, "files.create", row)
        return show(row)

    async def find(self, actor: Actor, file_id: str, *, whole: bool = True) -> FileRecord:
        """One that is whole. Raises NotFound, which tells nothing of what others have."""
        async with self._database.read() as tx:
            row = await self._find(tx, actor, file_id)
        if whole and not row.whole:
            raise _missing(file_id)
        return show(row)

    async def list_own(
        self,
        actor: Actor,
        *,
        limit: int,
        after: str | None,
        before: str | None = None,
        newest_first: bool,
        purposes: Sequence[Purpose],
    ) -> list[FileRecord]:
        """The caller's own."""
        async with self._database.read() as tx:
            found = await rows.list_whole(
                tx,
                workspace_id=actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                at=self._clock(),
                purposes=purposes,
                after=after,
                before=before,
                newest_first=newest_first,
                limit=limit,
            )
        return [show(row) for row in found]

    async def read_piece(self, actor: Actor, file_id: str, number: int, *, download: bool = True) -> bytes:
        """One piece; empty behind the end. The first one of a ``download`` is in the audit log."""
        noted = download and not number
        async with self._database.write() if noted else self._database.read() as tx:
            row = await self._find(tx, actor, file_id)
            sealed = await rows.read_piece(tx, file_id, number) if row.whole else None
            if sealed is not None and noted:
                await self._record(tx, actor, "files.download", row)
        return b"" if sealed is None else self.open(file_id, number, sealed)

    async def drop(self, actor: Actor, file_id: str) -> None:
        """Forget it. Raises Conflict while a batch needs it."""
        async with self._database.write() as tx:
            row = await self._find(tx, actor, file_id)
            if row.purpose not in LISTED:
                raise _missing(file_id)
            if await batch_rows.needs_file(tx, file_id):
                raise Conflict("A batch that has not ended is made of this file. Cancel the batch first.")
            await rows.drop(tx, [file_id])
            await self._record(tx, actor, "files.delete", row)

    async def read_pieces(self, file_id: str) -> AsyncGenerator[bytes]:
        """A file's content, whosever it is."""
        number = 0
        while True:
            async with self._database.read() as tx:
                sealed = await rows.read_piece(tx, file_id, number)
            if sealed is None:
                return
            yield self.open(file_id, number, sealed)
            number += 1

    async def read_lines(self, file_id: str) -> AsyncGenerator[bytes]:
        """Its lines that are not empty, without their ends. Raises TooLarge for one of no end."""
        rest = b""
        async for piece in self.read_pieces(file_id):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                if line := line.strip():
                    yield line
            if len(rest) > LONGEST_LINE:
                raise TooLarge(f"A line is longer than {LONGEST_LINE >> 20} MiB.")
        if rest := rest.strip():
            yield rest

    async def write(self, actor: Actor, name: str, purpose: Purpose) -> FileWriter:
        """One that is written by and by."""
        made = await self.begin(actor, name, purpose)
        return FileWriter(self, actor, made.id)

    async def discard(self, file_ids: Iterable[str | None]) -> None:
        """Forget some, whosever they are."""
        async with self._database.write() as tx:
            await rows.drop(tx, [each for each in file_ids if each is not None])

    async def forget_old(self) -> None:
        """Delete some that have expired, and such as were never finished."""
        at = self._clock()
        async with self._database.write() as tx:
            await rows.drop(tx, await rows.find_old(tx, at, at - timedelta(days=1), 50))

    async def _record(self, tx: rows.Transaction, actor: Actor, action: str, row: StoredFile) -> None:
        what: dict[str, JsonValue] = {"name": row.name, "purpose": row.purpose, "bytes": row.size}
        if row.configuration_id is not None:
            what["configurationId"] = row.configuration_id
        gone = action == "files.delete"
        await self._audit.record(
            tx, actor, action, target=("file", row.id), before=what if gone else None, after=None if gone else what
        )

    async def _find(self, tx: rows.Transaction, actor: Actor, file_id: str) -> StoredFile:
        row = await rows.find(
            tx,
            file_id,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            at=self._clock(),
        )
        if row is None:
            raise _missing(file_id)
        return row

    def seal(self, file_id: str, number: int, piece: bytes) -> bytes:
        """``piece`` as it is kept, good for that place alone."""
        return self._box.seal(piece, _bind(file_id, number))

    def open(self, file_id: str, number: int, sealed: bytes) -> bytes:
        """The piece again. Raises CannotOpen for one of another place."""
        return self._box.open(sealed, _bind(file_id, number))


class FileWriter:
    """Collects what is written into pieces."""

    def __init__(self, files: Files, actor: Actor, file_id: str) -> None:
        self.file_id = file_id
        self._files = files
        self._actor = actor
        self._held = bytearray()
        self._number = 0
        self.empty = True

    async def add(self, data: bytes) -> None:
        """Write some more."""
        self.empty = self.empty and not data
        self._held += data
        while len(self._held) >= PIECE_BYTES:
            await self._put(PIECE_BYTES)

    async def finish(self) -> FileRecord:
        """The end of it."""
        if self._held:
            await self._put(len(self._held))
        return await self._files.finish(self._actor, self.file_id)

    async def _put(self, size: int) -> None:
        piece = bytes(self._held[:size])
        del self._held[:size]
        await self._files.add_piece(self._actor, self.file_id, self._number, piece)
        self._number += 1


def show(row: StoredFile) -> FileRecord:
    """What its owner sees."""
    return msgspec.convert(
        {
            "id": row.id,
            "name": row.name,
            "purpose": row.purpose,
            "size": row.size,
            "created_at": int(row.created_at.timestamp()),
            "expires_at": int(row.expires_at.timestamp()),
            "configuration_id": row.configuration_id,
            "provider_file_id": row.provider_file_id,
            "media_type": row.media_type,
        },
        FileRecord,
    )


def _bind(file_id: str, number: int) -> bytes:
    return msgspec.json.encode(["trunkline/1 file", file_id, number])


def _missing(file_id: str) -> NotFound:
    return NotFound(f"There is no file {file_id[:80]!r}.", code="file_not_found")
