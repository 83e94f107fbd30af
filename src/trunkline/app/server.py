"""One process's application: the gateway and the pages over one place."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI

from trunkline.app.guard import make_guard
from trunkline.app.intake_thread import taking_in
from trunkline.app.pages import build_pages
from trunkline.app.parts import Parts, Wiring
from trunkline.app.people import People
from trunkline.app.resources import Resources, open_ring, open_ring_from_copy
from trunkline.app.services import make_services
from trunkline.app.stopping import Stopping
from trunkline.control.people.key_use import KeyUse
from trunkline.control.prices.price_list_file import load_price_list
from trunkline.control.prices.prices import PriceBook
from trunkline.control.processes.neighbours import Neighbours
from trunkline.control.processes.socket_folder import find_socket_folder
from trunkline.control.snapshot.keeper import SnapshotKeeper
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.control.stored_responses import StoredResponses
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.control.usage.metrics import make_registry
from trunkline.core.errors import Unavailable
from trunkline.faces import v1
from trunkline.faces.cors import Cors
from trunkline.gateway.call import Ledger
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.gateway.journal.reading_notes import ReadingNotes
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.retry import RetryBudget
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Client, Guard, Limits, LocalUpstreams, Timeouts
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings
from trunkline.vault.vault import Vault

SWEEP_SECONDS = 60.0
"""How often opened credentials that have been in memory for too long are dropped."""


class Server:
    """The ASGI application of one process: calls go to the gateway's face, everything else to ``pages``."""

    def __init__(self, calls: v1.Application, pages: FastAPI, wiring: Wiring) -> None:
        self._calls = calls
        self.plain_lane = calls.plain_lane
        self.pages = pages
        self.wiring = wiring

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        """One request. Gives the coroutine of whoever serves it, because a frame less is time less for every call."""
        if scope["type"] == "http" and scope["path"].startswith(("/v1/", "/v1beta/")):
            return self._calls(scope, receive, send)
        return self.pages(scope, receive, send)


@asynccontextmanager
async def open_server(
    settings: Settings, stopping: Stopping | None = None, parts: Parts | None = None
) -> AsyncGenerator[Server]:
    """One process's application, ready to serve until the block ends; ``stopping`` says how long that may take.

    ``parts`` are what it has otherwise than usual.
    """
    parts = parts or Parts()
    stopping = stopping or Stopping(settings.drain_seconds)
    async with AsyncExitStack() as stack:
        resources = Resources.of(settings)
        stack.push_async_callback(resources.database.close)
        holder = SnapshotHolder()
        reachable = True
        try:
            ring = await open_ring(resources)
        except Unavailable:
            ring, reachable = open_ring_from_copy(resources), False
        vault = Vault(ring)
        people = People(settings, resources.database, ring, parts.passwords())

        keeper = SnapshotKeeper(resources.copy, vault)
        refresher = SnapshotRefresher(resources.database, holder, instance_id=ring.instance, kept=keeper.keep)
        resources.database.after_change(refresher.refresh_after_change)
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
        if settings.workers > 1:
            neighbours = Neighbours(find_socket_folder(settings.data_dir), refresher.refresh_after_change)
            resources.database.after_change(neighbours.tell)
            await stack.enter_async_context(neighbours.meet())

        journal = Journal(resources.journal, strict=settings.journal_strict)
        client = Client(
            Guard(LocalUpstreams.parse(settings.effective_local_upstreams), frozenset({settings.port})), limits=Limits()
        )
        stack.push_async_callback(client.close)
        in_process = {"demo": parts.demo()}
        prices, counters, rate_limits = PriceBook(load_price_list(settings.data_dir)), CallCounters(), RateLimits()
        key_use = KeyUse(resources.database)

        targets = Targets(
            providers=PROVIDERS,
            client=client,
            in_process=in_process,
            open_secret=vault.open,
            clock=time.monotonic,
        )
        identity = Identity(holder, people.tokens, people.access_tokens, used=key_use.note)
        ledger = Ledger(
            journal, prices, (counters,), clock=time.time, ticks=time.monotonic, window=prices.context_window
        )
        budget = RetryBudget(time.monotonic)
        guard = make_guard(settings, journal, prices, lambda: gateway)

        def make_gateway(held: SnapshotHolder) -> Gateway:
            return Gateway(
                holder=held,
                targets=targets,
                ledger=ledger,
                rate_limits=rate_limits,
                budget=budget,
                timeouts=Timeouts(
                    connect=settings.connect_timeout,
                    first_byte=settings.first_byte_timeout,
                    between=settings.between_timeout,
                    total=settings.total_timeout,
                ),
                gates=(guard,),
            )

        gateway = make_gateway(holder)
        lag = IntakeLag(JournalFolder(resources.journal))
        services = make_services(
            settings,
            resources,
            ring,
            vault,
            people,
            identity,
            key_use,
            client,
            prices,
            refresher,
            journal,
            holder,
            gateway,
            make_gateway,
            lag,
            parts,
        )
        stack.push_async_callback(services.jobs.close)
        await stack.enter_async_context(taking_in(settings.effective_database_url, resources.journal, stopping))
        readings = ReadingNotes(journal, rate_limits)
        stack.push_async_callback(_close_journal, journal, readings)
        stack.push_async_callback(lambda: services.answers.close(stopping.left))

        async def sweep() -> None:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                targets.forget_expired()

        await stack.enter_async_context(
            running(
                refresher.run(),
                keeper.run(),
                readings.run(),
                guard.judging.run(),
                key_use.run(),
                services.jobs.watch(),
                services.answers.watch(),
                services.experiment_watch.run(),
                services.rotation.watch(),
                sweep(),
            )
        )
        stored = StoredResponses(resources.database, ring)
        calls = v1.Application(
            gateway,
            identity,
            stored,
            limit=settings.max_body_mb << 20,
            ping_seconds=settings.ping_seconds,
            cors=Cors(settings.call_origins),
        )
        registry = make_registry(counters, str(os.getpid()) if settings.workers > 1 else "0", lag)
        wiring = Wiring(
            database=resources.database,
            ring=ring,
            vault=vault,
            holder=holder,
            refresher=refresher,
            people=people,
            services=services,
        )
        yield Server(calls, build_pages(services, registry, Cors(settings.api_origins)), wiring)
        # From here on one time counts for everything, whatever hangs.
        asyncio.get_running_loop().call_later(stopping.closing, resources.database.abandon)
        await guard.judging.drain(stopping.closing)
        with suppress(TimeoutError):
            async with asyncio.timeout(stopping.closing):
                await key_use.write()
        await keeper.write()


async def _close_journal(journal: Journal, readings: ReadingNotes) -> None:
    """Seal the journal and let it go: what is left of it is the intake's, of this or of the next start."""
    readings.write()
    await journal.close()
    journal.release()


@asynccontextmanager
async def running(*duties: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run ``duties`` beside the block and end them with it."""
    tasks = [asyncio.ensure_future(duty) for duty in duties]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
