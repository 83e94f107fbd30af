"""Where a file is kept that a provider was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Files so far are of batches alone."""
    op.add_column("stored_files", sa.Column("configuration_id", sa.String(36), nullable=True))
    op.add_column("stored_files", sa.Column("provider_file_id", sa.String(256), nullable=True))


def downgrade() -> None:
    """Files of providers stay there."""
    op.drop_column("stored_files", "provider_file_id")
    op.drop_column("stored_files", "configuration_id")
