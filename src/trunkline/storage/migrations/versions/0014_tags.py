"""The tags that callers count their calls under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calls that were made before have none."""
    op.add_column("usage_events", sa.Column("tags", sa.String(length=1024), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("usage_events", "tags")
