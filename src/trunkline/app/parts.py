"""The parts of a server that can be had otherwise, and what it is wired of."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trunkline.app.people import People
from trunkline.app.substitutes import Substitutes
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.faces.http.services import Services
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.password import Passwords
from trunkline.vault.vault import Vault


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is no setting, because nobody who runs a server needs it otherwise. Tests do.

    ``clock`` gives seconds for what is limited, remembered or measured in the use cases, ``now`` the time they note.
    """

    passwords: Callable[[], Passwords] = Passwords
    calls: Substitutes = field(default_factory=Substitutes)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What a server stands on, for who looks into one."""

    database: Database
    ring: KeyRing
    vault: Vault
    holder: SnapshotHolder
    refresher: SnapshotRefresher
    people: People
    services: Services
