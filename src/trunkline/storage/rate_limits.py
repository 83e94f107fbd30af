"""What providers last said of their rate limits, per configuration."""

from __future__ import annotations

from sqlalchemy import select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, RateLimitReading


async def find(tx: Transaction, workspace_id: str, configuration_id: str) -> RateLimitReading | None:
    """The last reading of a configuration of the workspace."""
    return await tx.scalar(
        select(RateLimitReading)
        .join(Configuration, Configuration.id == RateLimitReading.configuration_id)
        .where(RateLimitReading.configuration_id == configuration_id, Configuration.workspace_id == workspace_id)
    )
