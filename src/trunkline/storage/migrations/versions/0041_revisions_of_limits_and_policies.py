"""Limits and policies count their changes, so that who changes one can say which state they change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_TABLES = ("limits", "policies")


def upgrade() -> None:
    """What is there is at its first revision."""
    for table in _TABLES:
        op.add_column(table, sa.Column("revision", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """As it was."""
    for table in _TABLES:
        op.drop_column(table, "revision")
