"""Policies may be switched off, and on again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those so far are on."""
    op.add_column("policies", sa.Column("is_enabled", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """What was off holds no more and never did again: it is marked as deleted."""
    op.execute("UPDATE policies SET deleted_at = updated_at WHERE NOT is_enabled AND deleted_at IS NULL")
    op.drop_column("policies", "is_enabled")
