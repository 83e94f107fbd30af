"""What providers last said of their rate limits, per configuration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from trunkline.core.chat import JsonValue
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, RateLimitReading


async def put(tx: Transaction, configuration_id: str, reading: dict[str, JsonValue], read_at: datetime) -> None:
    """Keep the newest reading. One for a configuration that is gone, or older than what is kept, is dropped."""
    if await tx.scalar(select(Configuration.id).where(Configuration.id == configuration_id)) is None:
        return
    row = await tx.get(RateLimitReading, configuration_id)
    if row is None:
        tx.add(RateLimitReading(configuration_id=configuration_id, reading=reading, read_at=read_at))
    elif row.read_at <= read_at:
        row.reading, row.read_at = reading, read_at
    await tx.flush()


async def find(tx: Transaction, workspace_id: str, configuration_id: str) -> RateLimitReading | None:
    """The last reading of a configuration of the workspace."""
    return await tx.scalar(
        select(RateLimitReading)
        .join(Configuration, Configuration.id == RateLimitReading.configuration_id)
        .where(RateLimitReading.configuration_id == configuration_id, Configuration.workspace_id == workspace_id)
    )
