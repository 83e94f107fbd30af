"""What the response cache and routes have saved, in the sums of usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was saved before."""
    for name in ("cache_hit_count", "saved_nanos"):
        op.add_column("usage_sums", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    """Without them."""
    for name in ("saved_nanos", "cache_hit_count"):
        op.drop_column("usage_sums", name)
