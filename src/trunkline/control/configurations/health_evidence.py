"""What connection tests and our own questions say of a configuration, beside what its calls say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from trunkline.core.health import Evidence, Health, Source, observe
from trunkline.core.moment import to_microseconds
from trunkline.providers.stage import Stage, judge
from trunkline.storage import health as rows
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration

PROBE_PREFIX: Final = "probe:"
"""Before the outcomes that are no calls', which count where there were none."""

_QUARTER_US: Final = 900_000_000
_QUARTERS_OF_A_DAY: Final = 96

_NETWORK: Final = frozenset({"dns", "tcp", "tls"})

_KINDS: Final = {"dns": "unreachable", "tcp": "unreachable", "tls": "unreachable", "auth": "auth"}
"""What a stage that failed without a word of a provider says."""


async def note_stages(
    tx: Transaction, row: Configuration, stages: Sequence[Stage], source: Source, at: datetime
) -> Health:
    """Judge ``row``, which the transaction holds, by how ``stages`` ended. Gives what it is now."""
    moment = to_microseconds(at)
    before = rows.read(await rows.find(tx, row.id))
    if source == "probe" and all(stage.ok and stage.name in _NETWORK for stage in stages):
        # Nobody has looked at the key, and there is no list: nothing is known but that somebody listens.
        await rows.keep(tx, row.id, msgspec.structs.replace(before, checked_at=moment), moment)
        return before
    verdict = judge(stages)
    failed = next((stage for stage in stages if not stage.ok), None)
    error = None
    if failed is not None:
        kind = failed.details.get("kind")
        error = kind if isinstance(kind, str) else _KINDS.get(failed.name, "malformed")
    seen = Evidence(
        at=moment,
        source=source,
        revision=row.revision,
        error=error,
        message=verdict.message if failed is not None else None,
    )
    health = observe(before, seen)
    await rows.keep(tx, row.id, health, moment)
    quarter = moment // _QUARTER_US
    for grain, slot in ((15, quarter), (1_440, quarter // _QUARTERS_OF_A_DAY)):
        await rows.add_count(tx, (row.id, grain, slot, f"{PROBE_PREFIX}{error or 'ok'}", 0))
    return health
