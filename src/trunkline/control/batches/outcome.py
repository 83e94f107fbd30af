"""How batches end: results become files, and the batch names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from trunkline.control.batches.files import Files, FileWriter
from trunkline.gateway.batches.batch_record import State, Wire
from trunkline.storage import batches as rows
from trunkline.storage.database import Database


def has_error_file(wire: Wire) -> bool:
    """Whether requests that failed stand in a file of their own."""
    return wire == "openai"


async def end_batch(
    database: Database,
    files: Files,
    batch_id: str,
    state: State,
    counts: Mapping[str, int],
    output: FileWriter,
    errors: FileWriter,
    at: datetime,
    *,
    fault: str | None = None,
    last_event_id: str | None = None,
) -> bool:
    """End it with these files, of which an empty one is left out. Whether it had not ended before."""
    ids = {"output_id": output, "errors_id": errors}
    kept: dict[str, str] = {}
    for name, writer in ids.items():
        if not writer.empty:
            kept[name] = (await writer.finish()).id
    values = {
        "state": state,
        "fault": fault,
        "ended_at": at,
        "last_event_id": last_event_id,
        **{name: counts.get(name, 0) for name in ("succeeded", "errored", "cancelled", "expired")},
        **kept,
    }
    async with database.write() as tx:
        ended = await rows.change(tx, batch_id, values)
        if ended:
            await rows.drop_results(tx, batch_id)
    await files.discard(writer.file_id for name, writer in ids.items() if not ended or name not in kept)
    return ended
