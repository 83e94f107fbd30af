"""Chains of audit events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Events from before get their places from the server, which has the key."""
    op.create_table(
        "audit_chains",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("first_sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_hash", sa.String(length=64), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chains")),
    )
    op.create_index(
        "ix_audit_events_unlinked",
        "audit_events",
        ["id"],
        sqlite_where=sa.text("sequence IS NULL"),
        postgresql_where=sa.text("sequence IS NULL"),
    )


def downgrade() -> None:
    """Without chains."""
    op.drop_index("ix_audit_events_unlinked", table_name="audit_events")
    op.drop_table("audit_chains")
