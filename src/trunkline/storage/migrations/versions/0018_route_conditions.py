"""Which calls a target of a route is for, and when slow ones are sent twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Targets so far are for all calls."""
    op.add_column("routes", sa.Column("hedging", sa.JSON(), nullable=True))
    op.add_column("route_targets", sa.Column("conditions", sa.JSON(), nullable=True))
    op.add_column("route_targets", sa.Column("fallback_for", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Without them: what was kept for some calls serves all."""
    op.drop_column("route_targets", "fallback_for")
    op.drop_column("route_targets", "conditions")
    op.drop_column("routes", "hedging")
