"""Insertions as SQL. Both databases write ``ON CONFLICT`` alike; only where the rows come from differs."""

from __future__ import annotations

from functools import lru_cache

from trunkline.storage.intake.table import LARGEST_SUM, Table


@lru_cache
def render_insert(table: Table, columns: tuple[str, ...], source: str) -> str:
    """Insert the rows of ``source``, which have these ``columns``, and leave alone those that are there."""
    return f"{_render_start(table, columns, source)} DO NOTHING"


@lru_cache
def render_growth(table: Table, source: str) -> str:
    """Insert the rows of ``source``, or add them to those that are there."""
    sums = [
        f"{name} = CASE WHEN excluded.{name} <= 0 THEN {table.name}.{name} + excluded.{name}"
        f" WHEN {table.name}.{name} > {LARGEST_SUM} - excluded.{name} THEN {LARGEST_SUM}"
        f" ELSE {table.name}.{name} + excluded.{name} END"
        for name, kind in table.columns.items()
        if kind == "count" and name not in table.key
    ]
    for name, order in ((table.latest, ">"), (table.earliest, "<")):
        if name is not None:
            sums.append(
                f"{name} = CASE WHEN excluded.{name} {order} {table.name}.{name} THEN excluded.{name}"
                f" ELSE {table.name}.{name} END"
            )
    return f"{_render_start(table, tuple(table.columns), source)} DO UPDATE SET {', '.join(sums)}"


def _render_start(table: Table, columns: tuple[str, ...], source: str) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) {source} ON CONFLICT ({', '.join(table.key)})"
