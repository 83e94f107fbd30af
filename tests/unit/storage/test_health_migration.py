"""The migration after which every configuration has its row of health, on a database that holds configurations."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import delete, select, text

from trunkline.core.health import Health
from trunkline.storage import configurations, health
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration, ConfigurationHealth, User, Workspace

FILL = import_module("trunkline.storage.migrations.versions.0037_lists_by_index")._FILL


async def test_a_configuration_that_had_no_row_gets_the_one_that_a_new_one_has(database: Database) -> None:
    async with database.write() as tx:
        tx.add(User(id="u", email="u@example.com"))
        await tx.flush()
        tx.add(Workspace(id="w", name="w", personal_of="u"))
        await tx.flush()
        for name in ("old", "edited", "seen"):
            await configurations.insert(
                tx,
                Configuration(
                    id=name,
                    workspace_id="w",
                    user_id="u",
                    name=name,
                    provider="openai",
                    revision=1 + (name == "edited"),
                ),
            )
        await health.keep(tx, "seen", Health(state="down", since=5, revision=1, failures=3, error="timeout"), at=7)
    made = await read_rows(database)
    async with database.write() as tx:
        await tx.execute(delete(ConfigurationHealth).where(ConfigurationHealth.configuration_id != "seen"))
        await tx.execute(text(FILL))
    assert await read_rows(database) == made
    assert [(row[0], row[1]) for row in made] == [("edited", "unknown"), ("old", "unknown"), ("seen", "down")]


async def read_rows(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as tx:
        table = ConfigurationHealth.__table__
        return [tuple(row) for row in await tx.execute(select(table).order_by(table.c.configuration_id))]
