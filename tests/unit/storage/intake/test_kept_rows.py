"""Which rows need not be put again."""

from __future__ import annotations

from trunkline.storage.intake.kept_rows import KeptRows
from trunkline.storage.intake.table import Table

TABLE = Table(name="t", key=("id",), columns={"id": "count", "name": "text"})


def test_what_was_committed_is_not_put_again() -> None:
    kept = KeptRows()
    assert kept.find_new(TABLE, [(1, "a"), (2, "b")]) == [(1, "a"), (2, "b")]
    kept.commit()
    assert kept.find_new(TABLE, [(2, "b"), (3, "c")]) == [(3, "c")]


def test_what_was_rolled_back_is_put_again() -> None:
    kept = KeptRows()
    kept.find_new(TABLE, [(1, "a")])
    kept.roll_back()
    kept.commit()
    assert kept.find_new(TABLE, [(1, "a")]) == [(1, "a")]
