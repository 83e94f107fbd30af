"""What providers last said of their rate limits, as it comes from the journal."""

from __future__ import annotations

import msgspec

from trunkline.control.usage.projection import Arrivals
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.statements import KEEP_READING


class RateReadings:
    """The projection that keeps the newest of each configuration."""

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Keep them, in the order of their configurations, so that two writers never wait crosswise."""
        newest = {event.configuration_id: event for event in sorted(events.readings, key=lambda event: event.at)}
        for configuration_id in sorted(newest):
            event = newest[configuration_id]
            text = msgspec.json.encode(event.reading).decode()
            await tx.run(KEEP_READING, configuration_id, text, event.at)
