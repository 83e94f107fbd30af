"""One file of the journal, as those see it who read it."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from trunkline.gateway.journal.frame import Damage, Record, Run, read_records, read_runs

BLOCK_BYTES: Final = 1 << 18
"""Read at once. A backlog of an hour is shipped for minutes, and must not stay in memory meanwhile."""

_NAME: Final = re.compile(r"(?P<process>[0-9a-f]{32})-(?P<number>[0-9]{8})\.journal")


class Segment(msgspec.Struct, frozen=True):
    """A segment at one moment. ``end`` is how many bytes are written; when ``sealed``, no more will come.

    ``name`` is its identity for ever: no other segment, of any process or machine, has it.
    """

    path: Path
    process: str
    number: int
    end: int
    sealed: bool

    @property
    def name(self) -> str:
        """What the database knows it by."""
        return self.path.name

    def read(self, offset: int = 0) -> Iterator[Record | Damage]:
        """What was written from ``offset``, the ``end`` of a record (or 0), up to ``end``.

        An ``offset`` past ``end`` yields nothing: a power cut may leave less on disk than the database has seen. Reads
        block by block, so that a backlog takes no memory, and waits for the disk: not for the event loop.
        """
        yield from read_records(self.read_runs(offset))

    def read_runs(self, offset: int = 0) -> Iterator[Run | Damage]:
        """The same, with records that stand in a row in one piece: for who reads many."""
        yield from read_runs(self._read(offset), offset)

    def _read(self, offset: int) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(offset)
            while offset < self.end and (block := file.read(min(BLOCK_BYTES, self.end - offset))):
                offset += len(block)
                yield block


def name_segment(process: str, number: int) -> str:
    """The file name of segment ``number`` of ``process`` (32 hex digits)."""
    return f"{process}-{number:08d}.journal"


def list_segments(directory: Path, process: str, *, alive: bool = False) -> list[Segment]:
    """The segments of ``process`` in ``directory``, in the order they were written.

    Those of a dead process are all sealed; one that is ``alive`` has taken the right to write from those that are.
    """
    found: list[Segment] = []
    for path in directory.glob(f"{process}-*.journal"):
        match = _NAME.fullmatch(path.name)
        if match is not None:
            state = path.stat()
            sealed = not alive or not state.st_mode & stat.S_IWUSR
            number = int(match["number"])
            found.append(Segment(path=path, process=process, number=number, end=state.st_size, sealed=sealed))
    return sorted(found, key=lambda segment: segment.number)


def list_processes(directory: Path) -> set[str]:
    """The processes, alive or dead, that have left a segment or a lock in ``directory``."""
    found = {match["process"] for path in directory.glob("*.journal") if (match := _NAME.fullmatch(path.name))}
    return found | {path.stem for path in directory.glob("*.lock") if re.fullmatch(r"[0-9a-f]{32}", path.stem)}
