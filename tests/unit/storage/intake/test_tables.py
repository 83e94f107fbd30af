"""The intake's own description of its tables says what that of the ORM says."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Integer, String, Table

from trunkline.storage.intake import tables
from trunkline.storage.intake.table import Kind
from trunkline.storage.intake.table import Table as IntakeTable
from trunkline.storage.tables import (
    Base,
    ExperimentUnit,
    PolicyViolation,
    UsageEventRow,
    UsageGroup,
    UsageSum,
    UtcDateTime,
    VersionUsage,
)

KINDS: dict[Kind, tuple[type, ...]] = {
    "text": (String,),
    "count": (Integer, BigInteger),
    "flag": (Boolean,),
    "moment": (UtcDateTime,),
    "json": (JSON,),
}


@pytest.mark.parametrize(
    ("ours", "mapped"),
    [
        (tables.EVENTS, UsageEventRow),
        (tables.GROUPS, UsageGroup),
        (tables.SUMS, UsageSum),
        (tables.VERSIONS, VersionUsage),
        (tables.UNITS, ExperimentUnit),
        (tables.VIOLATIONS, PolicyViolation),
    ],
)
def test_names_kinds_and_keys_are_the_same(ours: IntakeTable, mapped: type[Base]) -> None:
    theirs = cast("Table", mapped.__table__)
    assert ours.name == theirs.name
    assert set(ours.columns) == {column.name for column in theirs.columns}
    for column in theirs.columns:
        assert isinstance(column.type, KINDS[ours.columns[column.name]]), column.name
    assert set(ours.key) == {column.name for column in theirs.primary_key.columns}
    assert tuple(ours.columns)[: len(ours.key)] == ours.key
