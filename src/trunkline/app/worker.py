"""A gateway worker: owns the port, serves calls by itself, and hands on what is no call to the management process.

It has no database and loads nothing that manages. What calls need it is told by the management process, and reads from
the copy on disk while that does not run.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final

import msgspec

from trunkline.app.call_path import open_call_path
from trunkline.app.duties import running
from trunkline.app.extensions import using_extensions
from trunkline.app.limits import open_limits
from trunkline.app.references import open_references
from trunkline.app.root_key import find_root_key
from trunkline.app.stopping import Stopping
from trunkline.app.supervisor import AFTER
from trunkline.app.web_server import serve_port
from trunkline.control.budgets.lease_questions import RECALL, AskedLeases, answer_recalls
from trunkline.control.caching.standing_questions import answer_cache
from trunkline.control.capture.captured_content import ContentSeal
from trunkline.control.capture.shipping import Shipping, keep_by_asking
from trunkline.control.health.change import HealthChange, heed
from trunkline.control.prices.price_list_file import load_price_list
from trunkline.control.prices.price_publisher import follow_prices
from trunkline.control.prices.prices import PriceBook
from trunkline.control.processes.batch_questions import AskedDesk
from trunkline.control.processes.link import Handler, Link
from trunkline.control.processes.reports import Reports
from trunkline.control.processes.response_questions import AskedResponses
from trunkline.control.processes.socket_folder import HUB, MANAGEMENT, find_socket_folder
from trunkline.control.processes.spoke import Spoke
from trunkline.control.processes.standing import STANDING
from trunkline.control.snapshot.copy import SnapshotCopy
from trunkline.control.snapshot.follower import SnapshotFollower
from trunkline.control.workers.workers import HEALTH, JOIN
from trunkline.core.errors import Unavailable
from trunkline.faces import v1
from trunkline.faces.absent import Absent
from trunkline.faces.forwarder import Forwarder
from trunkline.gateway.batches.upload_ticket import UploadTickets
from trunkline.gateway.gates.limit_rule import Share
from trunkline.gateway.journal.reading_notes import ReadingNotes
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.settings import Settings
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.vault import Vault

FIRST_WORD_SECONDS: Final = 1.0
"""How long a worker waits for the management process, where that listens, before it goes by the copy on disk."""

_changes: Final = msgspec.msgpack.Decoder(list[HealthChange])


BATCH_SECONDS: Final = 600.0
"""How long it may take to look through a batch, and to hand it to its provider."""


class Worker:
    """The ASGI application of a worker."""

    def __init__(self, calls: v1.Application, forwarder: Forwarder) -> None:
        self._calls = calls
        self.plain_lane = calls.plain_lane
        self._forwarder = forwarder

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """One request. Gives the coroutine of whoever serves it, because a frame less is time less for every call."""
        if scope["path"].startswith(v1.PATHS):
            return self._calls(scope, receive, send)
        return self._forwarder(scope, receive, send)


@asynccontextmanager
async def open_worker(settings: Settings, stopping: Stopping, name: str) -> AsyncGenerator[Worker]:
    """The worker, ready to serve until the block ends.

    :class:`Unavailable` where there is neither a management process nor a copy of what it would tell.
    """
    async with AsyncExitStack() as stack:
        extensions = stack.enter_context(using_extensions(settings))
        copy = SnapshotCopy(settings.data_dir / "snapshot")
        ring = _open_ring(settings, copy)
        references = await stack.enter_async_context(open_references(settings))
        vault, holder, prices = Vault(ring, references), SnapshotHolder(), PriceBook(load_price_list(settings.data_dir))
        sockets = find_socket_folder(settings.data_dir)
        follower = SnapshotFollower(holder)
        journal = Journal(settings.data_dir / "journal", strict=settings.journal_strict)

        async def stand(_link: Link, _payload: bytes) -> bytes:
            return msgspec.msgpack.encode(path.stand(name))

        async def give_back(link: Link, payload: bytes) -> bytes:
            return await answer_recalls(path.leases)[RECALL](link, payload)

        async def hear_health(_link: Link, payload: bytes) -> bytes:
            heed(_changes.decode(payload), path.calls.breakers, holder.current)
            return b""

        handlers: dict[str, Handler] = {
            **follower.handlers,
            **follow_prices(prices),
            STANDING: stand,
            RECALL: give_back,
            **answer_cache(lambda: path.cache),
            HEALTH: hear_health,
        }
        spoke = Spoke(sockets / HUB, handlers, lambda link: link.ask(JOIN))
        reports = Reports(spoke.ask)
        share = Share(int(name), settings.workers)
        limits = await stack.enter_async_context(open_limits(settings, share))
        path = await stack.enter_async_context(
            open_call_path(
                settings, vault, holder, journal, prices, reports.note_key, limits, AskedLeases(spoke.ask), extensions
            )
        )
        shipping = Shipping(path.captured, ContentSeal(ring), keep_by_asking(spoke.ask))
        readings = ReadingNotes(journal, path.calls.rate_limits)
        stack.push_async_callback(_close_journal, journal, readings)
        await stack.enter_async_context(running(spoke.run()))
        await _load(holder, follower, spoke, copy, ring)
        await stack.enter_async_context(
            running(
                reports.run(),
                readings.run(),
                path.guard.judging.run(),
                path.leases.run(),
                path.keep_clean(),
                path.lag.run(),
                shipping.run(),
            )
        )
        application = path.calls.make_application(
            AskedResponses(spoke.ask),
            AskedDesk(lambda topic, payload: spoke.ask(topic, payload, BATCH_SECONDS)),
            UploadTickets(ring),
        )
        absent = Absent(lambda: journal.fault, lambda: AFTER not in sys.argv and not follower.told.is_set())
        yield Worker(application, Forwarder(sockets / MANAGEMENT, absent))
        await path.guard.judging.drain(stopping.closing)
        await shipping.drain(stopping.closing)
        await reports.tell()
        with suppress(Unavailable):
            await path.leases.tell(all_of_it=True)


def _open_ring(settings: Settings, copy: SnapshotCopy) -> KeyRing:
    state = copy.read_key_state()
    root = find_root_key(settings).load()
    if state is None or root is None:
        raise Unavailable(f"The data folder {settings.data_dir.absolute()} holds no copy of the snapshot.")
    return KeyRing([root], state)


async def _load(
    holder: SnapshotHolder, follower: SnapshotFollower, spoke: Spoke, copy: SnapshotCopy, ring: KeyRing
) -> None:
    """What calls need: from the management process where that runs already, else from the copy."""
    await spoke.tried.wait()
    if spoke.connected:
        try:
            async with asyncio.timeout(FIRST_WORD_SECONDS):
                await follower.told.wait()
        except TimeoutError:
            pass
    if not follower.told.is_set():
        kept = copy.read(ring)
        if kept is None:
            # It is too old to go by.
            await follower.told.wait()
        elif not follower.told.is_set():
            holder.current = kept


async def _close_journal(journal: Journal, readings: ReadingNotes) -> None:
    """Seal the journal and let it go: what is left of it is the intake's."""
    readings.write()
    await journal.close()
    journal.release()


def main() -> int:
    """``python -m trunkline.app.worker LISTENERS NAME``, as the supervisor calls it."""
    listeners, name = [int(listener) for listener in sys.argv[1].split(",")], sys.argv[2]
    return serve_port(lambda settings, stopping: open_worker(settings, stopping, name), listeners, name)


if __name__ == "__main__":
    sys.exit(main())
