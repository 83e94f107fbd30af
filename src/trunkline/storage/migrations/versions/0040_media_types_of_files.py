"""What a file is, as its maker said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of files so far it is not known."""
    op.add_column("stored_files", sa.Column("media_type", sa.String(255), server_default="", nullable=False))


def downgrade() -> None:
    """Names tell it, too, mostly."""
    op.drop_column("stored_files", "media_type")
