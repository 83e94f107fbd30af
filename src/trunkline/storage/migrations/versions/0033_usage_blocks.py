"""Sums of each four hours, between those of quarters of an hour and of days."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
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
SELECT workspace_id, 240, slot / 16, group_id, {sums}, MAX(last_used_at) FROM usage_sums WHERE grain = 15
GROUP BY workspace_id, slot / 16, group_id
"""


def upgrade() -> None:
    """Added up once, of the quarters."""
    op.execute("DELETE FROM usage_sums WHERE grain = 240")  # of a newer version that served before
    op.execute(write_fill())


def write_fill() -> str:
    """The statement."""
    return _FILL.format(columns=", ".join(_COUNTS), sums=", ".join(map(_add_up, _COUNTS)))


def _add_up(column: str) -> str:
    """The sum, at most what the column takes. In halves, because SQLite refuses a sum that is larger."""
    upper, lower = f"SUM({column} / 4294967296)", f"SUM({column} % 4294967296)"
    whole = f"CAST({upper} * 4294967296 + {lower} AS BIGINT)"
    return f"CASE WHEN {upper} + {lower} / 4294967296 >= 2147483648 THEN {_LARGEST} ELSE {whole} END"


def downgrade() -> None:
    """Without them."""
    op.execute("DELETE FROM usage_sums WHERE grain = 240")
