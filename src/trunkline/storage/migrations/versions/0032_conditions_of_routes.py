"""Which calls a whole route is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Routes so far are for all calls."""
    op.add_column("routes", sa.Column("conditions", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Without them: all routes are for all calls."""
    op.drop_column("routes", "conditions")
