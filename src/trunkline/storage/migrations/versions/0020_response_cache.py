"""Whether the answers of a route are kept, and what calls saved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No route so far keeps any, and nothing is known of what was saved."""
    op.add_column("routes", sa.Column("caching", sa.JSON(), nullable=True))
    op.add_column("usage_events", sa.Column("from_cache", sa.Boolean(), nullable=True))
    op.add_column("usage_events", sa.Column("saved_nanos", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("usage_events", "saved_nanos")
    op.drop_column("usage_events", "from_cache")
    op.drop_column("routes", "caching")
