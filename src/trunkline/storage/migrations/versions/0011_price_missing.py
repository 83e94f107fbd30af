"""What of a call nobody knew the price of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier calls nothing of it is known."""
    op.add_column("usage_events", sa.Column("price_missing", sa.String(length=255), nullable=True))
    op.create_index(
        "ix_usage_events_price_missing",
        "usage_events",
        ["workspace_id", "opened_at"],
        unique=False,
        sqlite_where=sa.text("price_missing IS NOT NULL"),
        postgresql_where=sa.text("price_missing IS NOT NULL"),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_usage_events_price_missing", table_name="usage_events")
    op.drop_column("usage_events", "price_missing")
