"""Batches and files, wired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from trunkline.app.call_path import CallPath
from trunkline.control.audit import Audit
from trunkline.control.batches.batches import Batches
from trunkline.control.batches.desk import Desk
from trunkline.control.batches.files import Files
from trunkline.control.batches.local_run import LocalRun
from trunkline.control.batches.plan import Planner
from trunkline.control.batches.provider_files import ProviderFiles
from trunkline.control.batches.provider_run import ProviderRun
from trunkline.control.batches.reserve import Reserve
from trunkline.control.batches.watch import BatchWatch
from trunkline.control.budgets.authority import LeaseAuthority
from trunkline.faces.v1.errors import write_error
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing


@dataclass(frozen=True, kw_only=True)
class BatchParts:
    """What answers callers, and what looks after what they have begun."""

    desk: Desk
    watch: BatchWatch


def make_batches(
    settings: Settings,
    database: Database,
    ring: KeyRing,
    path: CallPath,
    authority: LeaseAuthority,
    audit: Audit,
    now: Callable[[], datetime],
) -> BatchParts:
    """The parts over the gateway of ``path``."""
    files = Files(database, ring, audit, limit=settings.max_file_mb << 20, clock=now)
    calls = path.calls
    vetting = calls.gateway.vetting
    local_run = LocalRun(
        database, files, calls.gateway, calls.identity, write_error, parallel=settings.batch_calls, clock=now
    )
    provider_run = ProviderRun(database, files, vetting, calls.ledger, clock=now)
    reserve = Reserve(database, authority, now)
    watch = BatchWatch(
        database, files, local_run, provider_run, reserve, poll_seconds=settings.batch_poll_seconds, clock=now
    )
    planner = Planner(files, vetting, path.guard, path.budgets)
    batches = Batches(database, files, planner, provider_run, reserve, watch, audit, clock=now)
    return BatchParts(desk=Desk(files, ProviderFiles(files, vetting), batches, audit), watch=watch)
