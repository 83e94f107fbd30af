"""What a migration takes away from the version before, which may be running still."""

from __future__ import annotations

from sqlalchemy import Connection, inspect


def describe(connection: Connection) -> dict[str, dict[str, bool]]:
    """Each table's columns, and whether a row may leave them out."""
    inspector = inspect(connection)
    return {
        table: {
            column["name"]: bool(column["nullable"] or column.get("default") or column.get("autoincrement") is True)
            for column in inspector.get_columns(table)
        }
        for table in inspector.get_table_names()
    }


def find_contractions(before: dict[str, dict[str, bool]], after: dict[str, dict[str, bool]]) -> list[str]:
    """Tables and columns that are gone, and columns that rows of the version before would leave out and may not."""
    found: list[str] = []
    for table, columns in before.items():
        if table not in after:
            found.append(f"the table {table} is gone")
            continue
        found += [f"the column {table}.{name} is gone" for name in columns if name not in after[table]]
        for name, optional in after[table].items():
            if not optional and columns.get(name, True):
                found.append(f"the column {table}.{name} must be given")
    return found
