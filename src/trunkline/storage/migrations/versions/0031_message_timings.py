"""Messages tell how long their calls took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is unknown of old ones stays so."""
    op.add_column("conversation_messages", sa.Column("first_token_ms", sa.Integer(), nullable=True))
    op.add_column("conversation_messages", sa.Column("duration_ms", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("conversation_messages", "duration_ms")
    op.drop_column("conversation_messages", "first_token_ms")
