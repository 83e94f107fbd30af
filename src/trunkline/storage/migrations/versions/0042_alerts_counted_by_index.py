"""Alerts of policies are counted along an index that knows them, without a look at each violation."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_NAME = "ix_policy_violations_workspace"
_TABLE = "policy_violations"


def upgrade() -> None:
    """The same index with one column more."""
    op.drop_index(_NAME, table_name=_TABLE)
    op.create_index(_NAME, _TABLE, ["workspace_id", "created_at", "id", "action_type"])


def downgrade() -> None:
    """As it was."""
    op.drop_index(_NAME, table_name=_TABLE)
    op.create_index(_NAME, _TABLE, ["workspace_id", "created_at", "id"])
