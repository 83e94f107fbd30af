"""What serves calls in one process, opened: of the gateway, and of nothing that manages."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from trunkline.app.cache import open_cache
from trunkline.app.calls import CallParts, Calls
from trunkline.app.policy_gate import make_policy_gate
from trunkline.app.shared_breakers import share_rests
from trunkline.app.substitutes import Substitutes
from trunkline.control.processes.loop_lag import LoopLag
from trunkline.control.processes.standing import Standing, read_standing
from trunkline.core.metric import Sample
from trunkline.extensions.loaded import Extensions
from trunkline.gateway.budgets.authority import Authority
from trunkline.gateway.budgets.budget_gate import BudgetGate
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.gateway.gates.capture_gate import CaptureGate
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gates.policy_gate import PolicyGate
from trunkline.gateway.identity import Identity
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Client, Guard, Limits, LocalUpstreams
from trunkline.settings import Settings
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.token import Tokens
from trunkline.vault.vault import Vault

from trunkline.control.prices.prices import PriceBook  # isort: skip

SWEEP_SECONDS = 60.0
"""How often opened credentials that have been in memory for too long are dropped."""


@dataclass(frozen=True, kw_only=True)
class CallPath:
    """The calls, with the gates that settings and the snapshot ask for, and what stands beside them."""

    calls: Calls
    guard: PolicyGate
    cache: CacheGate
    leases: LeaseDesk
    budgets: BudgetGate
    client: Client
    lag: LoopLag
    captured: CaptureQueue
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
    extensions: Extensions,
    instead: Substitutes | None = None,
) -> AsyncGenerator[CallPath]:
    """The call path, until the block ends. ``used`` hears of each key that was used; ``authority`` grants leases;
    the gates of ``extensions`` stand behind our own, before kept responses are given.

    ``instead`` says what calls have otherwise than usual.
    """
    instead = instead or Substitutes()
    ring = vault.ring
    client = Client(Guard(LocalUpstreams.parse(settings.effective_local_upstreams), settings.ports), limits=Limits())
    breakers = Breakers(instead.ticks)
    lag, captured = LoopLag(), CaptureQueue()
    capture_gate = CaptureGate(captured, random.random)
    guard = make_policy_gate(settings, journal, prices, lambda: calls.gateway)
    budgets = BudgetGate(LeaseDesk(authority, journal.process), prices, prices.context_window)

    def sweep() -> None:
        calls.targets.forget_expired()
        limits.sweep()
        cache.sweep(holder.current)

    def stand(name: str) -> Standing:
        revision = Sample("trunkline_snapshot_revision", (), holder.current.revision)
        more = (*calls.requests.read(), *cache.read(), *captured.read(), lag.read(), revision)
        return read_standing(name, journal.fault, calls.counters, limits.fault, breakers, more, extensions.stand())

    try:
        async with open_cache(settings, ring, lambda: calls.gateway) as cache, share_rests(settings, breakers):
            gates = (capture_gate, limits, guard, *extensions.gates, cache, budgets)
            call_parts = CallParts(
                holder=holder,
                books=journal,
                prices=prices,
                client=instead.transport(client),
                demo=instead.demo(),
                open_secret=vault.open,
                identity=Identity(holder, Tokens(ring), AccessTokens(ring), used=used),
                gates=gates if instead.gates is None else instead.gates,
                window=prices.context_window,
                traits=prices.traits,
                random=instead.random,
                ticks=instead.ticks,
            )
            calls = Calls(settings, call_parts, breakers)
            yield CallPath(
                calls=calls,
                guard=guard,
                cache=cache,
                leases=budgets.desk,
                budgets=budgets,
                client=client,
                lag=lag,
                captured=captured,
                sweep=sweep,
                stand=stand,
            )
    finally:
        await client.close()
