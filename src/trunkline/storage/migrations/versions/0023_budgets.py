"""Budgets, what was spent of them, and what processes may spend."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There are none yet. Their state is a fact from the beginning, so that it can always be held."""
    op.create_table(
        "budgets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("amount_nanos", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("thresholds", sa.String(length=255), nullable=False),
        sa.Column("default_input_nanos", sa.BigInteger(), nullable=True),
        sa.Column("default_output_nanos", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_budgets_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_budgets_workspace_id")),
    )
    op.create_table(
        "budget_periods",
        sa.Column("budget_id", sa.String(length=36), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_nanos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("budget_id", "period_start", name=op.f("pk_budget_periods")),
    )
    op.create_table(
        "budget_leases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("budget_id", sa.String(length=36), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("granted_nanos", sa.BigInteger(), nullable=False),
        sa.Column("consumed_nanos", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_leases")),
        sa.UniqueConstraint("budget_id", "period_start", "holder", name=op.f("uq_budget_leases_budget_id")),
    )
    op.create_index("ix_budget_leases_holder", "budget_leases", ["holder"], unique=False)
    op.create_table(
        "budget_events",
        sa.Column("budget_id", sa.String(length=36), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("spent_nanos", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("budget_id", "period_start", "threshold", name=op.f("pk_budget_events")),
    )
    op.create_index("ix_budget_events_workspace_id", "budget_events", ["workspace_id"], unique=False)
    op.add_column("usage_events", sa.Column("held_nanos", sa.BigInteger(), nullable=True))
    op.execute("INSERT INTO facts (name, value) VALUES ('budgets', '') ON CONFLICT (name) DO NOTHING")


def downgrade() -> None:
    """Without them: nothing is held back any more."""
    op.execute("DELETE FROM facts WHERE name = 'budgets'")
    op.drop_column("usage_events", "held_nanos")
    for table in ("budget_events", "budget_leases", "budget_periods", "budgets"):
        op.drop_table(table)
