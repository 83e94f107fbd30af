"""Readings of rate limits go through the journal, the last of each configuration."""

from __future__ import annotations

from pathlib import Path

import msgspec
from tests.unit.gateway.journal.left import segments_of

from trunkline.core.rate_reading import RateReading
from trunkline.gateway.journal.frame import Kind, Record
from trunkline.gateway.journal.reading_notes import ReadingNotes
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.rate_reading import RateLimits


async def test_what_came_in_since_the_last_time_is_noted_once(tmp_path: Path) -> None:
    journal, limits = Journal(tmp_path), RateLimits()
    notes = ReadingNotes(journal, limits)
    for at, left in ((10.0, "5"), (11.5, "4")):
        headers = {"x-ratelimit-limit-requests": "9", "x-ratelimit-remaining-requests": left}
        limits.note("c", headers, at)
    notes.write()
    notes.write()
    await journal.close()
    records = [entry for segment in segments_of(journal) for entry in segment.read() if isinstance(entry, Record)]
    assert [record.kind for record in records] == [Kind.READING]
    reading = msgspec.msgpack.decode(records[0].payload, type=RateReading)
    assert (reading.configuration_id, reading.at) == ("c", 11_500_000)
    assert reading.reading == {"limitRequests": "9", "remainingRequests": "4"}
    limits.note("c", {"x-ratelimit-limit-requests": "9"}, 12.0)
    notes.write()
    assert limits.collect() == {}, "one that a closed journal cannot take is dropped"
    journal.release()
