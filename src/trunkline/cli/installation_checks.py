"""What the doctor looks at of the installation: the database, the root key, the journal and its intake."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from trunkline.app.resources import Resources
from trunkline.cli.finding import Finding, fail, ok, warn
from trunkline.cli.process_checks import describe_process
from trunkline.control.installation.connections import read_connections
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.running import is_running
from trunkline.control.installation.schema import read_schema
from trunkline.control.usage.intake_figures import read_intake
from trunkline.control.usage.intake_lag import LATE_SECONDS
from trunkline.control.usage.replica_lag import ReplicaLag
from trunkline.core.errors import CannotOpen, TrunklineError
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.vault.root_key import verify

OTHER_CONNECTIONS: Final = 2
"""Of a server, besides those of management: one that listens, and the intake's."""


async def examine_installation(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for each thing. Makes and changes nothing."""
    resources = Resources.of(settings)
    if settings.database_url is None and not (settings.data_dir / "trunkline.db").exists():
        yield warn("database", "There is none yet.", "`make run` makes it.")
        yield _check_key(resources, None)
        return
    try:
        database, root_check = await _check_database(resources)
        yield database
        if database.state == "ok" and resources.database.kind == "postgresql":
            yield await check_connections(resources.database, settings)
            if settings.database_read_url is not None:
                yield await _check_replica(resources.database)
        yield _check_key(resources, root_check)
    finally:
        await resources.database.close()
    yield check_journal(resources.journal)
    if (finding := check_intake(resources.journal)) is not None:
        yield finding


async def _check_database(resources: Resources) -> tuple[Finding, str | None]:
    kind = "SQLite" if resources.database.kind == "sqlite" else "PostgreSQL"
    try:
        schema = await read_schema(resources.database)
        state = await Installation(resources.database).read_state() if schema.current is not None else None
    except TrunklineError as error:
        remedy = "Start it, and check TRUNKLINE_DATABASE_URL." if kind == "PostgreSQL" else "Restore a backup."
        return fail("database", f"{kind}: {error.message}", remedy), None
    root_check = state.root_check if state is not None else None
    if schema.current == schema.known[0]:
        return ok("database", f"{kind}, at version {schema.current}"), root_check
    if schema.current is None or schema.current in schema.known:
        message = f"{kind}, at version {schema.current or 'none'} of {schema.known[0]}"
        return warn("database", message, "The next start migrates it. Make a backup first."), root_check
    return (
        fail(
            "database",
            f"{kind}, migrated by a newer Trunkline ({schema.current})",
            "Start that version or a later one.",
        ),
        root_check,
    )


async def check_connections(database: Database, settings: Settings) -> Finding:
    """Whether the server has as many connections as this one may open."""
    found = await read_connections(database)
    assert found is not None
    own = settings.database_connections + OTHER_CONNECTIONS
    message = f"up to {own} of this server; {found.open} of {found.allowed} are open, those of all clients together"
    if own > found.allowed:
        remedy = "Raise max_connections of PostgreSQL, set TRUNKLINE_DATABASE_CONNECTIONS, or put PgBouncer between."
        return warn("connections", message, remedy)
    return ok("connections", message)


async def _check_replica(database: Database) -> Finding:
    remedy = "Look at the replica, or unset TRUNKLINE_DATABASE_READ_URL."
    lag = ReplicaLag(database)
    problem = await lag.check()
    if problem is not None:
        return warn("read replica", problem, remedy)
    return ok("read replica", f"{await lag.read() or 0:.1f} s behind")


def _check_key(resources: Resources, root_check: str | None) -> Finding:
    where = resources.root_key.describe()
    try:
        root = resources.root_key.load()
    except CannotOpen as error:
        return fail("root key", error.message, "See the guide, “Keys”.")
    if root is None and root_check is None:
        return warn("root key", "There is none yet.", "`make run` makes it.")
    if root is None:
        return fail("root key", f"{where} is missing.", "Restore it from your backup, or set TRUNKLINE_ROOT_KEY_FILE.")
    if root_check is not None and not verify(root, root_check):
        return fail("root key", f"{where} is not the key of this database.", "Restore the right one from your backup.")
    return ok("root key", where)


def check_journal(folder: Path) -> Finding:
    """Whether the journal can be written, and how much of it waits to be taken in."""
    if not folder.exists():
        return ok("journal", "empty")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return fail("journal", f"{folder} cannot be written.", f"Run as its owner, or: chown -R $(id -un) {folder}")
    waiting = [path.stat().st_size for path in folder.glob("*.journal")]
    message = f"{sum(waiting):,} bytes in {len(waiting)} segments"
    if sum(waiting) and not is_running(folder):
        return warn("journal", f"{message} are not in the database yet.", "The next start takes them in.")
    return ok("journal", message)


def check_intake(folder: Path, clock: Callable[[], float] = time.time) -> Finding | None:
    """How far behind the calls the database is; None where no server runs, which alone takes in."""
    until = JournalFolder(folder).taken_in_until()
    if until is None or not is_running(folder):
        return None
    behind = max(0.0, clock() - until)
    message = f"Calls are in the database after {behind:.1f} s."
    if (standing := read_intake(folder)) is not None:
        message += f" It is {describe_process(standing.pid)}."
    if behind <= LATE_SECONDS:
        return ok("intake", message)
    remedy = "Its log tells why. Nothing is lost: the journal keeps the calls until they are taken in."
    return warn("intake", f"It is {behind:,.0f} s behind.", remedy)
