"""A process that journals calls until it is killed. Run by the tests; prints the ids of acknowledged records.

Arguments: the directory, and `strict` or `relaxed`. Output: one line of hex per acknowledged event, each in one write.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.template import PlainEnd, RecordTemplate
from trunkline.gateway.journal.writer import Journal

EVENT = UsageEvent(id="", opened_at=0, request_id="", operation="chat", workspace_id="w", user_id="u")


async def main(directory: str, mode: str) -> None:
    journal = Journal(Path(directory), strict=mode == "strict", segment_bytes=20_000, sync_seconds=0.001)
    numbers = count()
    templates = (RecordTemplate(EVENT), RecordTemplate(EVENT), None)

    async def call() -> None:
        while True:
            number = next(numbers)
            event_id = os.getpid().to_bytes(8, "big") + number.to_bytes(8, "big")
            template = templates[number % 3]
            if template is None:
                journal.open(event_id, b"open " + event_id)
            else:
                journal.open(event_id, template.write_opened(number, "r"), template)
            for _ in range(number % 3):
                await asyncio.sleep(0)
            if template is None:
                await journal.settle(event_id, b"settle " + event_id * (number % 20))
            else:
                written = asyncio.get_running_loop().create_future()
                journal.settle_then(
                    event_id,
                    PlainEnd(template.number, number, "r", 1, EVENT.usage, None, None, (), None).write(),
                    written,
                    template,
                )
                await written
            os.write(1, event_id.hex().encode() + b"\n")
            note_id = b"note" + event_id[4:]
            await journal.note(note_id, b"note " + event_id)
            os.write(1, note_id.hex().encode() + b"\n")

    await asyncio.gather(*(call() for _ in range(20)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
