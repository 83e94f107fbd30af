"""What dead processes have left, taken over by a living one."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from trunkline.gateway.journal.frame import Kind, Record
from trunkline.gateway.journal.process_lock import ProcessLock
from trunkline.gateway.journal.segment import Segment, list_segments


class Orphan:
    """The segments of one dead process, ours alone until :meth:`release`. A context manager that releases."""

    def __init__(self, directory: Path, process: str, lock: ProcessLock) -> None:
        self.process = process
        self._directory = directory
        self._lock = lock

    def segments(self) -> list[Segment]:
        """What is left, in the order it was written; all sealed, the last one possibly with a torn tail."""
        return list_segments(self._directory, self.process)

    def unsettled(self) -> list[Record]:
        """The OPEN of every call that the process died under, in order: to be written as ``estimated``.

        Short ones come after the templates that they name.

        Reads all that is left, not from a mark on: an OPEN stands before the mark as often as not. Some may be settled
        in the database already, if the SETTLE was in a segment that is gone: what is there under the event's id wins.
        """
        opened: dict[bytes, Record] = {}
        templates: dict[bytes, Record] = {}
        for segment in self.segments():
            for entry in segment.read():
                if isinstance(entry, Record):
                    if entry.kind in (Kind.OPEN, Kind.SHORT_OPEN):
                        opened.setdefault(entry.event_id, entry)
                    elif entry.kind in (Kind.SETTLE, Kind.SHORT_SETTLE):
                        opened.pop(entry.event_id, None)
                    elif entry.kind is Kind.TEMPLATE:
                        templates[entry.event_id] = entry
        short = any(one.kind is Kind.SHORT_OPEN for one in opened.values())
        return [*(templates.values() if short else ()), *opened.values()]

    def release(self) -> None:
        """Let others have what is left."""
        self._lock.release()

    def __enter__(self) -> Orphan:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
