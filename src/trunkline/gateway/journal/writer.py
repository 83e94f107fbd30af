"""The writer of a process's journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from trunkline.core.errors import Unavailable
from trunkline.core.ids import new_id
from trunkline.gateway.journal.frame import Kind, encode_frame
from trunkline.gateway.journal.process_lock import ProcessLock
from trunkline.gateway.journal.segment_file import FileCalls, SegmentFile
from trunkline.gateway.journal.syncer import Failure, Syncer, Waiter
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.logs import get_logger

SEGMENT_BYTES: Final = 64 << 20

_REPEAT_BYTES: Final = 1 << 20
"""After so many a template is told again: damage to it costs no more records than these."""

_MOST_WAITING: Final = 10_000
"""Records in memory from which on no note is taken any more while the disk fails. Calls are refused by then."""

_log: Final = get_logger(__name__)


class Journal:
    """Records gather in memory and go out in one write per turn of the event loop.

    Made and used on one running event loop, without locks; only syncs run in a thread. A sync begins ``sync_seconds``
    after a write, so that a killed process loses nothing that was acknowledged, and a power cut little more than that
    much. With ``strict`` an acknowledgement waits for the sync too, and one sync serves all that gathered during the
    last one.

    When the disk is full or fails, nothing is lost either: the records stay in memory and are tried again every
    ``retry_seconds`` and with every further record; meanwhile ``writable`` is False and :meth:`open` refuses.

    A segment is sealed when it has ``segment_bytes`` or ``segment_seconds``. Calls that are open then are repeated in
    the next one, so that a sealed segment can go as soon as it is shipped: to keep it until they end would let one
    endless call hold any number of segments.
    """

    def __init__(
        self,
        directory: Path,
        *,
        strict: bool = False,
        segment_bytes: int = SEGMENT_BYTES,
        segment_seconds: float = 600.0,
        sync_seconds: float = 0.05,
        retry_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        calls: FileCalls | None = None,
    ) -> None:
        """Take a lock and make the first segment. :class:`Unavailable` when the directory cannot be written."""
        self._loop = asyncio.get_running_loop()
        self._directory = directory
        self._strict = strict
        self._segment_bytes = segment_bytes
        self._segment_seconds = segment_seconds
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._calls = calls or FileCalls()
        self._pending: list[bytes] = []
        self._starters: list[Waiter] = []
        self._waiters: list[Waiter] = []
        self._flush_due = False
        self._retry: asyncio.TimerHandle | None = None
        self._open_calls: dict[bytes, tuple[bytes, RecordTemplate | None]] = {}
        self._told: dict[RecordTemplate, None] = {}
        """What need not be told again before a record that names it."""
        self._told_since = 0
        self._carried = 0
        """How many of the first records that wait repeat what stands in the last segment."""
        self._retired: list[SegmentFile] = []
        self._write_fault: str | None = None
        self._sync_fault: str | None = None
        self._closed = False
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.process, self._lock = _take_lock(directory)
            self._file = SegmentFile(directory, self.process, 1, self._calls)
        except OSError as error:
            raise Unavailable(f"The journal directory {directory} cannot be used: {error.strerror}.") from error
        self._born = clock()
        self._syncer = Syncer(directory, delay=0.0 if strict else sync_seconds, report=self._hear_of_sync)
        self._syncer.request(self._file)

    @property
    def writable(self) -> bool:
        """Whether new billable calls may be accepted. It comes back by itself when the disk does."""
        return self.fault is None and not self._closed

    @property
    def fault(self) -> str | None:
        """What is wrong with the disk, in the system's words; None when all is well."""
        return self._write_fault or self._sync_fault

    def open(self, event_id: bytes, payload: bytes, template: RecordTemplate | None = None) -> None:
        """Record that a call begins. It is written with the next batch, which whoever sends the call waits for, by
        :meth:`start_after` or :meth:`written`: then no provider has a call of which the books know nothing.

        ``event_id`` is 16 bytes; with a ``template`` the ``payload`` is one that it wrote. :class:`Unavailable` while
        the journal is not writable: the call must not be made.
        """
        if self._closed or self._write_fault is not None or self._sync_fault is not None:
            raise self._refusal()
        if template is None:
            frame = encode_frame(Kind.OPEN, event_id, payload)
        else:
            frame = encode_frame(Kind.SHORT_OPEN, event_id, payload)
            if template not in self._told:
                self._tell(template)
        self._open_calls[event_id] = frame, template
        self._pending.append(frame)
        if not self._flush_due:
            self._be_due()

    def start_after(self, starter: Waiter) -> None:
        """Tell ``starter`` when what was recorded last is written, or that it is not; a sync is not waited for.

        After :meth:`open`. Of several, each is told in its turn.
        """
        self._starters.append(starter)

    async def written(self) -> None:
        """Return when all that was recorded is written. :class:`Unavailable` when the first try did not work."""
        if self._pending:
            starter = self._loop.create_future()
            self._starters.append(starter)
            await starter

    def settle(self, event_id: bytes, payload: bytes) -> asyncio.Future[None]:
        """Record that a call has ended. The future is done when the record is written (``strict``: on the disk).

        It fails with :class:`Unavailable` when that did not work at the first try; the record is kept and will still be
        written when the disk is back. To cancel the future changes nothing.
        """
        frame = encode_frame(Kind.SETTLE, event_id, payload)
        waiter = self._promise(frame)
        self._open_calls.pop(event_id, None)
        return waiter

    def settle_then(
        self, event_id: bytes, payload: bytes, waiter: Waiter, template: RecordTemplate | None = None
    ) -> None:
        """As :meth:`settle`, for one who is told by a call: ``waiter`` need have no more of a future than that takes.

        With a ``template`` the ``payload`` is one that it wrote. :class:`Unavailable` in the place of the promise when
        the journal is closed.
        """
        if self._closed:
            raise self._refusal()
        if template is not None and template not in self._told:
            self._tell(template)
        self._waiters.append(waiter)
        self._pending.append(encode_frame(Kind.SETTLE if template is None else Kind.SHORT_SETTLE, event_id, payload))
        if not self._flush_due:
            self._be_due()
        self._open_calls.pop(event_id, None)

    def note(self, event_id: bytes, payload: bytes, kind: Kind = Kind.NOTE) -> asyncio.Future[None]:
        """Record something that stands for itself. The future is that of :meth:`settle`; nobody need await it.

        :class:`Unavailable` when the disk fails and too much waits for it already: memory has an end too.
        """
        if len(self._pending) > _MOST_WAITING and not self.writable:
            raise self._refusal()
        return self._promise(encode_frame(kind, event_id, payload))

    async def close(self) -> None:
        """Write and sync what there is and seal the last segment.

        Calls that are open now stay so, and will be ``estimated`` by whoever adopts the segment.
        """
        if self._closed:
            return
        self._flush()
        self._closed = True
        if self._retry is not None:
            self._retry.cancel()
        if self._pending:
            _log.error("journal_records_lost", records=len(self._pending), reason=self.fault)
        self._syncer.seal(self._file)
        await self._syncer.close()
        if not self._file.size:
            self._file.path.unlink(missing_ok=True)

    def release(self) -> None:
        """Drop the lock: from now on what is left may be adopted by another process. After :meth:`close`."""
        self._lock.release()

    def _promise(self, frame: bytes) -> asyncio.Future[None]:
        if self._closed:
            raise self._refusal()
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        self._append(frame)
        return waiter

    def _tell(self, template: RecordTemplate) -> None:
        self._told[template] = None
        self._append(template.frame)

    def _append(self, frame: bytes) -> None:
        self._pending.append(frame)
        if not self._flush_due:
            self._be_due()

    def _be_due(self) -> None:
        self._flush_due = True
        self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if self._closed:
            return
        if self._file.broken and not self._renew():
            return
        if self._pending:
            try:
                self._file.append(b"".join(self._pending))
            except OSError as error:
                self._fail(error)
                return
            self._pending.clear()
            self._carried = 0
            if self._file.size - self._told_since >= _REPEAT_BYTES:
                self._told.clear()
                self._told_since = self._file.size
        if self._write_fault is not None:
            _log.warning("journal_written_again")
            self._write_fault = None
        if self._starters:
            starters, self._starters = self._starters, []
            _resolve(starters)
        waiters, self._waiters = self._waiters, []
        if self._strict:
            self._syncer.request(self._file, waiters)
        else:
            _resolve(waiters)
            self._syncer.request(self._file)
        # Only now are the calls carried over from them safe where they are.
        for file in self._retired:
            self._syncer.seal(file)
        self._retired.clear()
        if self._is_full() and self._renew():
            self._flush()

    def _is_full(self) -> bool:
        own = self._file.size - self._file.carried
        return own >= self._segment_bytes or (own > 0 and self._clock() - self._born >= self._segment_seconds)

    def _renew(self) -> bool:
        """Go on in a new segment that begins with the open calls; False when none can be made."""
        try:
            file = SegmentFile(self._directory, self.process, self._file.number + 1, self._calls)
        except OSError as error:
            if self._file.broken:
                self._fail(error)
            return False
        self._retired.append(self._file)
        self._file = file
        self._born = self._clock()
        # What was carried into a segment that took nothing is carried anew.
        del self._pending[: self._carried]
        # The records that wait were to follow what the last segment tells.
        told = dict(self._told) if self._pending else {}
        told.update((template, None) for _, template in self._open_calls.values() if template is not None)
        carried = [template.frame for template in told] + [frame for frame, _ in self._open_calls.values()]
        self._told, self._told_since = told, 0
        file.carried = sum(map(len, carried))
        self._pending[:0] = carried
        self._carried = len(carried)
        return True

    def _fail(self, error: OSError) -> None:
        if self.writable:
            _log.error("journal_not_written", consequence="New calls are refused.", reason=str(error))
        self._write_fault = _describe(error)
        waiters = self._starters + self._waiters
        self._starters, self._waiters = [], []
        self._reject(waiters)
        self._retry_later()

    def _hear_of_sync(self, failures: list[Failure], waiters: list[Waiter]) -> None:
        if not failures:
            self._sync_fault = None
            _resolve(waiters)
            return
        for file, error in failures:
            _log.error("journal_not_on_disk", file=file.path.name, reason=str(error))
            if file is self._file:
                file.broken = True
                self._sync_fault = _describe(error)
                self._retry_later()
        self._reject(waiters)

    def _retry_later(self) -> None:
        if self._retry is None and not self._closed:
            self._retry = self._loop.call_later(self._retry_seconds, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        self._flush()

    def _reject(self, waiters: list[Waiter]) -> None:
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(self._refusal())
                # Read here, so that one whom nobody awaits any more is not reported as forgotten.
                waiter.exception()

    def _refusal(self) -> Unavailable:
        if self._closed:
            return Unavailable("This process is shutting down.", code="draining")
        return Unavailable(
            f"The usage journal cannot be written ({self.fault}). Calls are refused until it can be, because they "
            "could not be accounted for. It recovers by itself; free disk space if that is what is missing.",
            code="journal_unavailable",
        )


def _take_lock(directory: Path) -> tuple[str, ProcessLock]:
    while True:
        process = new_id().replace("-", "")
        lock = ProcessLock.acquire(directory, process)
        # An adopter may have looked between the making of the file and its locking: then this name is spent.
        if lock is not None:
            return process, lock


def _resolve(waiters: list[Waiter]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)


def _describe(error: OSError) -> str:
    return error.strerror or type(error).__name__
