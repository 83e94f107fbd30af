"""Alert channels of extensions: which one, and what was entered for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Channels so far are of no extension."""
    op.add_column("alert_channels", sa.Column("extension", sa.String(32), nullable=True))
    op.add_column("alert_channels", sa.Column("settings", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Channels of extensions go: an older server cannot send to them."""
    op.execute("DELETE FROM alert_channels WHERE extension IS NOT NULL")
    op.drop_column("alert_channels", "settings")
    op.drop_column("alert_channels", "extension")
