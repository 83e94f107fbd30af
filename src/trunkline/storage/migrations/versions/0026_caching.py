"""Answers of configurations and features may be kept, and workspaces may keep things for a shorter time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None is kept so far, and all is kept as the installation says."""
    op.add_column("workspaces", sa.Column("cache_generation", sa.Integer(), server_default="0", nullable=False))
    op.add_column("workspaces", sa.Column("retention", sa.JSON(), nullable=True))
    op.add_column("ai_configurations", sa.Column("caching", sa.JSON(), nullable=True))
    op.add_column("features", sa.Column("caching", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("features", "caching")
    op.drop_column("ai_configurations", "caching")
    op.drop_column("workspaces", "retention")
    op.drop_column("workspaces", "cache_generation")
