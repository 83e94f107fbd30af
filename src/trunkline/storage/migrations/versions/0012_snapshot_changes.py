"""What each revision of the snapshot changed, and indexes for questions that grew with their workspace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ADDED = (
    ("ix_ai_configurations_workspace", "ai_configurations", ["workspace_id", "id"], None),
    ("ix_ai_configurations_workspace_name", "ai_configurations", ["workspace_id", "name"], None),
    ("ix_ai_configurations_borrowers", "ai_configurations", ["workspace_id", "provider"], "borrows"),
    (
        "ix_ai_configurations_lenders",
        "ai_configurations",
        ["workspace_id", "provider", "created_at", "id"],
        "credential_id IS NOT NULL",
    ),
    ("ix_ai_configurations_lender_id", "ai_configurations", ["lender_id"], "lender_id IS NOT NULL"),
    ("ix_audit_events_workspace_id", "audit_events", ["workspace_id", "id"], None),
    ("ix_provider_usage_workspace", "provider_usage", ["workspace_id", "user_id", "hour"], None),
)

_VIOLATIONS = (("ix_policy_violations_workspace", "workspace_id"), ("ix_policy_violations_policy", "policy_id"))


def upgrade() -> None:
    """Earlier revisions are not told of: who asks for them reads everything."""
    op.create_table(
        "snapshot_changes",
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("revision", "workspace_id", "kind", "subject_id", name=op.f("pk_snapshot_changes")),
    )
    for name, table, columns, condition in _ADDED:
        where = sa.text(condition) if condition is not None else None
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_ai_configurations_workspace_id", table_name="ai_configurations")
    for name, column in _VIOLATIONS:
        op.drop_index(name, table_name="policy_violations")
        op.create_index(name, "policy_violations", [column, "created_at", "id"], unique=False)


def downgrade() -> None:
    """As it was."""
    for name, column in _VIOLATIONS:
        op.drop_index(name, table_name="policy_violations")
        op.create_index(name, "policy_violations", [column, "created_at"], unique=False)
    op.create_index("ix_ai_configurations_workspace_id", "ai_configurations", ["workspace_id"], unique=False)
    for name, table, _columns, _condition in reversed(_ADDED):
        op.drop_index(name, table_name=table)
    op.drop_table("snapshot_changes")
