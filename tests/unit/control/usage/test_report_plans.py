"""No report reads the calls themselves, and what it reads it finds by the key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlalchemy import text
from tests.bookkeeping import keep, make_audit
from tests.unit.control.usage.settled import START, event

from trunkline.control.usage.breakdown import break_down
from trunkline.control.usage.export import UsageExport
from trunkline.control.usage.record import EventFilter, SpanQuestion
from trunkline.control.usage.span import read_span, read_zone
from trunkline.control.usage.sums import sum_span
from trunkline.control.usage.usage import Usage
from trunkline.core.actor import Actor
from trunkline.storage.database import Database
from trunkline.storage.usage import COUNTS, UsageScope
from trunkline.storage.usage_sums import read_series

NOW = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START)
ANN = Actor(user_id="u", workspace_id="w", role="admin")
SCOPE = UsageScope(workspace_id="w", user_id="u", model="gpt-4o-mini", tag="a")


@contextmanager
def watching(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of ``database``."""
    engine, asked = database._engine.sync_engine, list[tuple[str, Any]]()  # pyright: ignore[reportPrivateUsage]

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, parameters))

    listening.listen(engine, "before_cursor_execute", note)
    yield asked
    listening.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("interval", [None, "hour", "day", "month"])
async def test_no_report_reads_calls(database: Database, zone: str, interval: str | None) -> None:
    await keep(database, [event("w", tags=("a",)), event("w", outcome="error", opened_at=START - 86_400_000_000)])
    span = read_span("month", None, None, NOW, read_zone(zone))
    question = SpanQuestion(interval=interval, by="provider", compare="previous", time_zone=zone)
    with watching(database) as asked:
        await Usage(database, now=lambda: NOW).report(ANN, time_zone=zone)
        async with database.read() as tx:
            assert (await sum_span(tx, SCOPE, span)).request_count == 1
            assert (await break_down(tx, SCOPE, span, question, NOW)).breakdown[0].key == "openai"
        export = UsageExport(database, make_audit(database), now=lambda: NOW)
        pages = await export.export(ANN, EventFilter(), question, "csv")
        assert sum([row.figures.request_count for page in [page async for page in pages] for row in page]) == 2
    sums = [(statement, parameters) for statement, parameters in asked if "usage_sums" in statement]
    assert sums
    assert not [statement for statement, _ in asked if "usage_events" in statement]
    if database.kind == "sqlite":
        async with database.read() as tx:
            connection = await tx.connection()
            for statement, parameters in sums:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [str(row._mapping["detail"]) for row in plan]
                assert any("SEARCH usage_sums USING PRIMARY KEY (workspace_id=? AND grain=?" in one for one in steps)
                assert not [one for one in steps if one.startswith("SCAN usage")], steps


async def test_postgresql_reads_each_day_by_itself(database: Database) -> None:
    """It takes a ninth of all sums to fall into any day, and would compare all of them with each."""
    if database.kind == "sqlite":
        pytest.skip("SQLite's plans are looked at above")
    slot = START // 900_000_000 - 60 * 96
    async with database.write() as tx:
        await tx.execute(text(
            "INSERT INTO usage_groups (id, workspace_id, user_id, operation, provider, model, outcome)"
            " SELECT g, 'w', 'u' || g, 'chat', 'openai', 'm', 'ok' FROM generate_series(1, 100) g"
        ))  # fmt: skip
        await tx.execute(text(
            f"INSERT INTO usage_sums (workspace_id, grain, slot, group_id, {', '.join(COUNTS)}, last_used_at)"
            f" SELECT 'w', 15, s, g, {', '.join('1' for _ in COUNTS)}, now()"
            f" FROM generate_series(1, 100) g, generate_series({slot}, {slot} + 599) s"
        ))  # fmt: skip
        await tx.execute(text("ANALYZE usage_groups, usage_sums"))
    # Days that begin two hours before those of which there are sums.
    edges = [day * 96 - 8 for day in range(slot // 96, slot // 96 + 8)]
    async with database.read() as tx:
        with watching(database) as asked:
            parts = await read_series(tx, UsageScope(workspace_id="w"), edges, "user_id", {f"u{n}" for n in range(20)})
        assert parts
        connection = await tx.connection()
        for statement, parameters in asked:
            if "usage_sums" in statement:
                plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
                steps = "\n".join(str(row[0]) for row in plan)
                assert "slot >= spans.first" in "".join(one for one in steps.splitlines() if "Index Cond" in one), steps
