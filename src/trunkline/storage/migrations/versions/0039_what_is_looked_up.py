"""Indexes for what is looked up by its conversation or its request, and for experiments that run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_ADDED = (
    ("ix_usage_events_conversation", "usage_events", ["conversation_id", "opened_at"], "conversation_id IS NOT NULL"),
    ("ix_policy_violations_request", "policy_violations", ["request_id"], None),
    ("ix_experiments_running", "experiments", ["configuration_id"], "state = 'running'"),
)


def upgrade() -> None:
    """On PostgreSQL each partition of a table gets its index with the table."""
    for name, table, columns, condition in _ADDED:
        where = sa.text(condition) if condition is not None else None
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """As it was."""
    for name, table, _columns, _condition in _ADDED:
        op.drop_index(name, table_name=table)
