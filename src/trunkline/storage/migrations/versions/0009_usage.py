"""What a call was part of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a call was part of."""
    op.add_column("usage_events", sa.Column("route_id", sa.String(length=36), nullable=True))
    op.add_column("usage_events", sa.Column("feature", sa.String(length=64), nullable=True))
    op.add_column("usage_events", sa.Column("conversation_id", sa.String(length=36), nullable=True))
    op.add_column("usage_events", sa.Column("phase_id", sa.String(length=36), nullable=True))
    op.add_column("usage_events", sa.Column("unit", sa.String(length=32), nullable=True))
    op.add_column("usage_events", sa.Column("purpose", sa.String(length=16), nullable=True))
    op.create_index(
        "ix_usage_events_version",
        "usage_events",
        ["version_id", "opened_at"],
        unique=False,
        sqlite_where=sa.text("version_id IS NOT NULL"),
        postgresql_where=sa.text("version_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_usage_events_version", table_name="usage_events")
    op.drop_column("usage_events", "purpose")
    op.drop_column("usage_events", "unit")
    op.drop_column("usage_events", "phase_id")
    op.drop_column("usage_events", "conversation_id")
    op.drop_column("usage_events", "feature")
    op.drop_column("usage_events", "route_id")
