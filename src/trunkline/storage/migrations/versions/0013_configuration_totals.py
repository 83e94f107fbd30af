"""What each configuration has served in all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LARGEST = 2**63 - 1

_FILL = """
INSERT INTO configuration_totals (workspace_id, configuration_id, {columns})
SELECT workspace_id, configuration_id, {sums} FROM provider_usage
WHERE configuration_id <> '' GROUP BY workspace_id, configuration_id
"""


def upgrade() -> None:
    """Added up once from the hourly sums."""
    op.create_table(
        "configuration_totals",
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("request_count", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "configuration_id", name=op.f("pk_configuration_totals")),
    )
    columns = ("request_count", "input_tokens", "output_tokens")
    op.execute(_FILL.format(columns=", ".join(columns), sums=", ".join(map(_add_up, columns))))


def _add_up(column: str) -> str:
    """The sum, at most what the column takes. In halves, because SQLite refuses a sum that is larger."""
    upper, lower = f"SUM({column} / 4294967296)", f"SUM({column} % 4294967296)"
    whole = f"CAST({upper} * 4294967296 + {lower} AS BIGINT)"
    return f"CASE WHEN {upper} + {lower} / 4294967296 >= 2147483648 THEN {_LARGEST} ELSE {whole} END"


def downgrade() -> None:
    """Without it: the hourly sums still have it."""
    op.drop_table("configuration_totals")
