"""What serves calls in one process, wired: of the gateway, and of nothing that manages."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from trunkline.app.cache import open_cache
from trunkline.app.policy_gate import make_policy_gate
from trunkline.app.rests import share_rests
from trunkline.control.processes.loop_lag import LoopLag
from trunkline.control.processes.standing import Standing, read_standing
from trunkline.core.errors import TrunklineError
from trunkline.core.metric import Sample
from trunkline.faces.v1.request_counts import RequestCounts
from trunkline.gateway.budgets.authority import Authority
from trunkline.gateway.budgets.budget_gate import BudgetGate
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.call import Ledger
from trunkline.gateway.call_log import CallLog
from trunkline.gateway.call_observer import CallObserver
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.gateway.gates.capture_gate import CaptureGate
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gates.policy_gate import PolicyGate
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.routing.retry import RetryBudget
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder, find_overrides
from trunkline.outbound import Client, Guard, Limits, LocalUpstreams, Timeouts
from trunkline.providers.demo import DemoTransport
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.token import Tokens
from trunkline.vault.vault import Vault

from trunkline.control.prices.prices import PriceBook  # isort: skip

SWEEP_SECONDS = 60.0
"""How often opened credentials that have been in memory for too long are dropped."""


@dataclass(frozen=True, kw_only=True)
class CallPath:
    """The parts. ``make_gateway`` makes another gateway of them over another snapshot."""

    gateway: Gateway
    make_gateway: Callable[[SnapshotHolder], Gateway]
    identity: Identity
    guard: PolicyGate
    cache: CacheGate
    leases: LeaseDesk
    budgets: BudgetGate
    ledger: Ledger
    """For calls that are written down beside the gateway's; it has no observers."""
    client: Client
    counters: CallCounters
    requests: RequestCounts
    lag: LoopLag
    captured: CaptureQueue
    rate_limits: RateLimits
    sweep: Callable[[], None]
    """Drops what has been in memory for too long."""
    stand: Callable[[str], Standing]
    """How this process stands, by its name."""

    async def keep_clean(self) -> None:
        """Sweep now and then until cancelled, so that an idle process forgets too."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep()


@asynccontextmanager
async def open_call_path(
    settings: Settings,
    vault: Vault,
    holder: SnapshotHolder,
    journal: Journal,
    prices: PriceBook,
    used: Callable[[str], None],
    limits: LimitGate,
    authority: Authority,
    *,
    demo: Callable[[], DemoTransport] = DemoTransport,
) -> AsyncGenerator[CallPath]:
    """The parts, until the block ends. ``used`` hears of each key that was used; ``authority`` grants leases."""
    ring = vault.ring
    client = Client(
        Guard(LocalUpstreams.parse(settings.effective_local_upstreams), frozenset({settings.port})), limits=Limits()
    )
    counters, rate_limits = CallCounters(), RateLimits()

    targets = Targets(
        providers=PROVIDERS,
        client=client,
        in_process={"demo": demo()},
        open_secret=vault.open,
        clock=time.monotonic,
    )
    logging = (CallLog(),) if settings.access_log else ()

    def note_refusal(error: TrunklineError, request_id: str) -> None:
        counters.refused(error)
        for log in logging:
            log.refused(error, request_id)

    def make_ledger(*observers: CallObserver) -> Ledger:
        return Ledger(
            journal,
            prices,
            observers,
            clock=time.time,
            ticks=time.monotonic,
            window=prices.context_window,
            traits=prices.traits,
            overrides=lambda workspace_id: find_overrides(holder.current, workspace_id),
            refused=note_refusal,
        )

    ledger, quiet = make_ledger(counters, *logging), make_ledger()
    budget = RetryBudget(time.monotonic)
    breakers = Breakers(time.monotonic)
    requests, lag = RequestCounts(), LoopLag()
    captured = CaptureQueue()
    capture_gate = CaptureGate(captured, random.random)
    guard = make_policy_gate(settings, journal, prices, lambda: gateway)
    budgets = BudgetGate(LeaseDesk(authority, journal.process), prices, prices.context_window)

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
            gates=(capture_gate, limits, guard, cache, budgets),
            breakers=breakers,
        )

    def sweep() -> None:
        targets.forget_expired()
        limits.sweep()
        cache.sweep(holder.current)

    def stand(name: str) -> Standing:
        revision = Sample("trunkline_snapshot_revision", (), holder.current.revision)
        more = (*requests.read(), *cache.read(), *captured.read(), lag.read(), revision)
        return read_standing(name, journal.fault, counters, limits.fault, breakers, more)

    try:
        async with open_cache(settings, ring, lambda: gateway) as cache, share_rests(settings, breakers):
            gateway = make_gateway(holder)
            yield CallPath(
                gateway=gateway,
                make_gateway=make_gateway,
                identity=Identity(holder, Tokens(ring), AccessTokens(ring), used=used),
                guard=guard,
                cache=cache,
                leases=budgets.desk,
                budgets=budgets,
                ledger=quiet,
                client=client,
                counters=counters,
                requests=requests,
                lag=lag,
                captured=captured,
                stand=stand,
                rate_limits=rate_limits,
                sweep=sweep,
            )
    finally:
        await client.close()
