"""One process's application: the gateway and the pages over one place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from trunkline.app.batches import make_batches
from trunkline.app.call_path import open_call_path
from trunkline.app.duties import running
from trunkline.app.extensions import using_extensions
from trunkline.app.intake_thread import taking_in
from trunkline.app.limits import open_limits
from trunkline.app.pages import build_pages
from trunkline.app.parts import Parts, Wiring
from trunkline.app.people import People
from trunkline.app.references import open_references
from trunkline.app.resources import Resources, open_ring, open_ring_from_copy
from trunkline.app.services import make_services
from trunkline.app.stopping import Stopping
from trunkline.control.alerts.journal_watch import JournalWatch
from trunkline.control.budgets.authority import LeaseAuthority
from trunkline.control.budgets.lease_questions import answer_leases, recall_from
from trunkline.control.caching.response_cache import ResponseCache
from trunkline.control.capture.captured_content import ContentSeal
from trunkline.control.capture.captures import Captures
from trunkline.control.capture.shipping import Shipping, answer_keeping
from trunkline.control.health.change import HealthChange, heed
from trunkline.control.health.status import StatusBoard
from trunkline.control.health.watch import HealthWatch
from trunkline.control.monitoring.exposition import make_registry
from trunkline.control.monitoring.scrape import Scrape
from trunkline.control.people.key_use import KeyUse
from trunkline.control.prices.price_list_file import load_price_list
from trunkline.control.prices.price_publisher import PricePublisher
from trunkline.control.prices.prices import PriceBook
from trunkline.control.processes.batch_questions import answer_batches
from trunkline.control.processes.reports import answer_reports
from trunkline.control.processes.response_questions import answer_responses
from trunkline.control.processes.socket_folder import HUB, find_socket_folder
from trunkline.control.snapshot.keeper import SnapshotKeeper
from trunkline.control.snapshot.publisher import SnapshotPublisher
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.control.stored_responses import StoredResponses
from trunkline.control.upkeep import Upkeep
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.control.usage.months import UsageMonths
from trunkline.control.workers.workers import Workers
from trunkline.core.errors import Unavailable
from trunkline.faces import v1
from trunkline.faces.cors import Cors
from trunkline.faces.forwarded import Forwarded
from trunkline.gateway.batches.upload_ticket import UploadTickets
from trunkline.gateway.gates.limit_rule import ALONE, Share
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.gateway.journal.reading_notes import ReadingNotes
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder
from trunkline.settings import Settings
from trunkline.vault.vault import Vault


class Server:
    """The ASGI application of one process: calls go to the gateway's face, everything else to ``pages``."""

    def __init__(self, calls: v1.Application, pages: FastAPI, wiring: Wiring) -> None:
        self._calls = calls
        self.plain_lane = calls.plain_lane
        self.pages = pages
        self.wiring = wiring

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        """One request. Gives the coroutine of whoever serves it, because a frame less is time less for every call."""
        if scope["type"] == "http" and scope["path"].startswith(v1.PATHS):
            return self._calls(scope, receive, send)
        return self.pages(scope, receive, send)


@asynccontextmanager
async def open_server(
    settings: Settings, stopping: Stopping | None = None, parts: Parts | None = None, *, hub: Path | None = None
) -> AsyncGenerator[Server]:
    """One process's application, ready to serve until the block ends; ``stopping`` says how long that may take.

    ``parts`` are what it has otherwise than usual. With ``hub``, a path for a Unix socket, workers are told there what
    calls need.
    """
    parts = parts or Parts()
    stopping = stopping or Stopping(settings.drain_seconds)
    async with AsyncExitStack() as stack:
        extensions = stack.enter_context(using_extensions(settings))
        resources = Resources.of(settings)
        stack.push_async_callback(resources.database.close)
        holder = SnapshotHolder()
        reachable = True
        try:
            ring = await open_ring(resources)
        except Unavailable:
            ring, reachable = open_ring_from_copy(resources), False
        references = await stack.enter_async_context(open_references(settings))
        vault = Vault(ring, references)
        people = People(settings, resources.database, ring, parts.passwords())

        keeper = SnapshotKeeper(resources.copy, vault)
        publisher = SnapshotPublisher()

        def keep(snapshot: Snapshot) -> None:
            keeper.keep(snapshot)
            publisher.offer(snapshot)

        refresher = SnapshotRefresher(resources.database, holder, instance_id=ring.instance, kept=keep)
        resources.database.after_change(refresher.refresh_after_change)
        resources.database.after_change(publisher.settle)
        # A database that did not answer just now is not waited for once more: the copy serves until it is followed.
        kept = None if reachable else resources.copy.read(ring)
        if kept is None:
            try:
                await refresher.refresh()
            except Unavailable:
                kept = resources.copy.read(ring)
                if kept is None:
                    raise
        if kept is not None:
            holder.current = kept
            publisher.offer(kept)

        journal = Journal(resources.journal, strict=settings.journal_strict)
        prices, key_use = PriceBook(load_price_list(settings.data_dir)), KeyUse(resources.database)
        share = ALONE if hub is None else Share(of=settings.workers)
        limits = await stack.enter_async_context(open_limits(settings, share))

        async def ask_each(topic: str, payload: bytes) -> Sequence[bytes]:
            return await workers.ask_each(topic, payload)

        authority = LeaseAuthority(resources.database, recall_from(ask_each, lambda: path.leases))
        path = await stack.enter_async_context(
            open_call_path(
                settings, vault, holder, journal, prices, key_use.note, limits, authority, extensions, parts.calls
            )
        )
        calls = path.calls
        captures = Captures(resources.database, people.audit, ContentSeal(ring))
        shipping = Shipping(path.captured, ContentSeal(ring), captures.keep)
        stored = StoredResponses(resources.database, ring)
        batches = make_batches(settings, resources.database, ring, path, authority, people.audit, parts.now)
        workers = Workers(
            publisher,
            PricePublisher(prices),
            {
                **answer_responses(stored),
                **answer_batches(batches.desk),
                **answer_reports(key_use.note_at),
                **answer_leases(authority),
                **answer_keeping(captures.keep),
            },
            lambda: path.stand("0" if hub is None else "management"),
        )
        now = parts.now

        def tell_health(changes: Sequence[HealthChange]) -> None:
            heed(changes, calls.breakers, holder.current)
            workers.tell_health(changes)

        health_watch = HealthWatch(resources.database, tell_health, now=now)
        lag = IntakeLag(JournalFolder(resources.journal))
        services = make_services(
            settings,
            resources,
            ring,
            vault,
            people,
            calls.identity,
            key_use,
            path.client,
            prices,
            refresher,
            workers.find_fault,
            workers.find_limit_fault,
            holder,
            calls.gateway,
            calls.make_gateway,
            lag,
            StatusBoard(resources.database, health_watch, workers.ask, now=now),
            ResponseCache(resources.database, people.audit, path.cache, workers.ask_each),
            parts,
            captures,
            limits,
            extensions,
        )
        stack.push_async_callback(services.jobs.close)
        if hub is None:
            await stack.enter_async_context(taking_in(settings, resources.journal, stopping))
        readings = ReadingNotes(journal, calls.rate_limits)
        stack.push_async_callback(_close_journal, journal, readings)
        stack.push_async_callback(lambda: services.answers.close(stopping.left))

        await stack.enter_async_context(
            running(
                refresher.run(),
                keeper.run(),
                readings.run(),
                path.guard.judging.run(),
                path.leases.run(),
                key_use.run(),
                services.jobs.watch(),
                services.answers.watch(),
                services.experiment_watch.run(),
                services.audit_linking.run(),
                services.rotation.watch(),
                services.health_probes.run(),
                health_watch.run(),
                batches.watch.run(),
                services.alert_watch.run(),
                services.alert_evaluation.run(),
                services.alert_delivery.run(),
                JournalWatch(resources.database, lag, now=now).run(),
                path.keep_clean(),
                path.lag.run(),
                shipping.run(),
                captures.run(),
                Upkeep(resources.database).run(),
                UsageMonths(resources.database, clock=now).run(),
                services.retention.run(),
            )
        )
        if hub is not None:
            await stack.enter_async_context(workers.listening(hub))
        scrape = Scrape(
            workers.ask,
            resources.database,
            holder,
            resources.journal,
            lag,
            lambda: refresher.age,
            None if hub is None else os.getppid(),
        )
        wiring = Wiring(
            database=resources.database,
            ring=ring,
            vault=vault,
            holder=holder,
            refresher=refresher,
            people=people,
            services=services,
        )
        pages = build_pages(services, make_registry(scrape.read), Cors(settings.api_origins), scrape.refresh)
        pages.root_path = settings.base_path
        yield Server(calls.make_application(stored, batches.desk, UploadTickets(ring)), pages, wiring)
        # From here on one time counts for everything, whatever hangs.
        asyncio.get_running_loop().call_later(stopping.closing, resources.database.abandon)
        await path.guard.judging.drain(stopping.closing)
        await shipping.drain(stopping.closing)
        with suppress(TimeoutError):
            async with asyncio.timeout(stopping.closing):
                await key_use.write()
                with suppress(Unavailable):
                    await path.leases.tell(all_of_it=True)
        await keeper.write()


@asynccontextmanager
async def open_management(settings: Settings, stopping: Stopping) -> AsyncGenerator[Forwarded]:
    """The application of the management process, ready to serve until the block ends."""
    hub = find_socket_folder(settings.data_dir) / HUB
    async with open_server(settings, stopping, hub=hub) as server:
        yield Forwarded(server.pages)


async def _close_journal(journal: Journal, readings: ReadingNotes) -> None:
    """Seal the journal and let it go: what is left of it is the intake's, of this or of the next start."""
    readings.write()
    await journal.close()
    journal.release()
