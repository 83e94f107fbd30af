"""Sums of days that begin every four hours and of eight days each, instead of those of four hours."""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_LARGEST = 2**63 - 1
_COUNTS = (
    "request_count",
    "error_count",
    "unpriced_count",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "cost_nanos",
    "duration_us",
    "cache_hit_count",
    "saved_nanos",
)

_FILL = """
INSERT INTO usage_sums (workspace_id, grain, slot, group_id, {columns}, last_used_at)
SELECT workspace_id, {grain}, {slot}, group_id, {sums}, MAX(last_used_at) FROM usage_sums WHERE grain = {source}
GROUP BY workspace_id, {slot}, group_id
"""

_BLOCK = 240
_GRAINS = {
    # Of sums of four hours, which the migration before this one has made.
    **{1_440 + 240 * begin: f"(slot - {begin}) / 6" for begin in range(1, 6)},
    11_520: "slot / 48",
}


def upgrade() -> None:
    """Added up once, of the sums of four hours."""
    op.execute("DELETE FROM usage_sums WHERE grain NOT IN (15, 240, 1440)")  # of a newer version that served before
    for statement in write_fills():
        op.execute(statement)
    op.execute("DELETE FROM usage_sums WHERE grain = 240")


def write_fills() -> list[str]:
    """The statements, one for each grain."""
    return [_write_fill(_BLOCK, number, slot) for number, slot in _GRAINS.items()]


def _write_fill(source: int, number: int, slot: str) -> str:
    columns, sums = ", ".join(_COUNTS), ", ".join(map(_add_up, _COUNTS))
    return _FILL.format(columns=columns, grain=number, slot=slot, sums=sums, source=source)


def _add_up(column: str) -> str:
    """The sum, at most what the column takes. In halves, because SQLite refuses a sum that is larger."""
    upper, lower = f"SUM({column} / 4294967296)", f"SUM({column} % 4294967296)"
    whole = f"CAST({upper} * 4294967296 + {lower} AS BIGINT)"
    return f"CASE WHEN {upper} + {lower} / 4294967296 >= 2147483648 THEN {_LARGEST} ELSE {whole} END"


def downgrade() -> None:
    """Sums of four hours again, of the quarters."""
    op.execute("DELETE FROM usage_sums WHERE grain = 240")  # of an older version that served before
    op.execute(_write_fill(15, _BLOCK, "slot / 16"))
    op.execute("DELETE FROM usage_sums WHERE grain NOT IN (15, 240, 1440)")
