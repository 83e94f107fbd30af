"""What is stored around configurations' rows, read with them: the masks of their secrets, their saved states."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.control.configurations.configuration import KIND, ConfigurationRecord
from trunkline.control.configurations.state import read_state, show
from trunkline.core.chat import JsonObject
from trunkline.storage import credentials, revisions
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration


async def find_masks(tx: Transaction, row: Configuration) -> dict[str, str]:
    """What people are shown of each secret field; nothing where there is none."""
    if row.credential_id is None:
        return {}
    return (await credentials.read_masks(tx, [row.credential_id])).get(row.credential_id, {})


async def find_state(tx: Transaction, row: Configuration) -> JsonObject:
    """The state that is saved as the current revision; for a row without one, what can be told from the row."""
    saved = await revisions.find(tx, row.workspace_id, KIND, row.id, row.revision)
    return dict(saved.state) if saved is not None else read_state(row, await find_masks(tx, row))


async def show_all(tx: Transaction, rows: Sequence[Configuration]) -> list[ConfigurationRecord]:
    """Rows of one workspace as people see them, in their order."""
    ids = sorted({row.credential_id for row in rows if row.credential_id is not None})
    found = await credentials.find_many(tx, rows[0].workspace_id, ids) if ids else {}
    masks = await credentials.read_masks(tx, ids) if ids else {}
    return [show(row, found.get(row.credential_id or ""), masks.get(row.credential_id or "", {})) for row in rows]
