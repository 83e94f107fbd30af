"""What serves calls that do not fulfil the conditions of a route."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Routes so far have nothing for them."""
    op.add_column("routes", sa.Column("otherwise_id", sa.String(length=36), nullable=True))
    op.add_column("usage_events", sa.Column("unfit_route_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Without it: such calls are refused."""
    op.drop_column("usage_events", "unfit_route_id")
    op.drop_column("routes", "otherwise_id")
