"""How configurations are, and were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What happened before is not told from the events: the history begins here."""
    op.create_table(
        "configuration_health",
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("error_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_id"],
            ["ai_configurations.id"],
            name=op.f("fk_configuration_health_configuration_id_ai_configurations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("configuration_id", name=op.f("pk_configuration_health")),
    )
    op.create_index("ix_configuration_health_changed", "configuration_health", ["changed_at"])
    op.create_table(
        "health_counts",
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("grain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "configuration_id", "grain", "slot", "outcome", "bucket", name=op.f("pk_health_counts")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("health_counts")
    op.drop_index("ix_configuration_health_changed", table_name="configuration_health")
    op.drop_table("configuration_health")
