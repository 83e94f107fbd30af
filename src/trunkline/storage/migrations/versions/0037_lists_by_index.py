"""Indexes for lists and watches that looked through a whole table, or sorted a whole workspace for a page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_REPLACED = (
    ("alert_channels", "workspace_id", ["workspace_id", "id"]),
    ("api_keys", "workspace_id", ["workspace_id", "id"]),
    ("api_keys", "user_id", ["user_id", "id"]),
    ("api_keys", "application_id", ["application_id", "id"]),
    ("ai_configurations", "application_id", ["application_id", "id"]),
    ("applications", "workspace_id", ["workspace_id", "id"]),
    ("configuration_versions", "configuration_id", ["configuration_id", "created_at", "id"]),
    ("experiments", "workspace_id", ["workspace_id", "configuration_id"]),
    ("features", "workspace_id", ["workspace_id", "created_at", "id"]),
    ("limits", "workspace_id", ["workspace_id", "id"]),
    ("memberships", "user_id", ["user_id", "workspace_id"]),
    ("policies", "workspace_id", ["workspace_id", "id"]),
    ("provider_templates", "workspace_id", ["workspace_id", "user_id", "id"]),
    ("routes", "workspace_id", ["workspace_id", "id"]),
    ("sessions", "user_id", ["user_id", "id"]),
    ("workspace_prices", "workspace_id", ["workspace_id", "id"]),
)
"""A table, the column that had an index of its own, and the columns of the index in its place, of the same name."""

_ADDED = (
    ("ix_alerts_unfinished", "alerts", ["workspace_id", "id"], "open_key IS NOT NULL OR held IS NOT NULL"),
    ("ix_alert_deliveries_due", "alert_deliveries", ["next_at", "id"], "next_at IS NOT NULL"),
    ("ix_api_keys_expiring", "api_keys", ["workspace_id", "expires_at"], "expires_at IS NOT NULL"),
    ("ix_batches_ended", "batches", ["ended_at"], None),
    ("ix_budget_periods_start", "budget_periods", ["period_start"], None),
    ("ix_budgets_period", "budgets", ["period"], None),
    ("ix_budgets_workspace", "budgets", ["workspace_id", "id"], None),
    ("ix_configuration_health_checked", "configuration_health", ["checked_at", "configuration_id"], None),
    ("ix_configuration_health_state", "configuration_health", ["state"], None),
    ("ix_conversations_owner", "conversations", ["workspace_id", "user_id", "updated_at", "id"], None),
    ("ix_experiment_phases_reason", "experiment_phases", ["reason", "started_at"], None),
    ("ix_health_counts_slot", "health_counts", ["grain", "slot"], None),
    ("ix_invitations_open", "invitations", ["workspace_id", "id"], "accepted_at IS NULL"),
)

_DROPPED = (
    ("ix_alerts_state", "alerts", ["state"]),
    ("ix_alert_deliveries_due", "alert_deliveries", ["next_at"]),
    ("ix_conversations_owner", "conversations", ["workspace_id", "user_id", "updated_at"]),
)

_FILL = """
INSERT INTO configuration_health
 (configuration_id, state, since, revision, source, checked_at, failures, error_at, changed_at)
SELECT id, 'unknown', 0, revision, 'traffic', 0, 0, 0, 0 FROM ai_configurations
 WHERE id NOT IN (SELECT configuration_id FROM configuration_health)
"""


def upgrade() -> None:
    """Every configuration has its row of health from now on, so that those that nothing is known of are found there."""
    op.execute(_FILL)
    op.add_column("batches", sa.Column("is_holding", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE batches SET is_holding = (1 = 1) WHERE CAST(leases AS VARCHAR) != '{}'")
    op.create_index(
        "ix_batches_holding",
        "batches",
        ["id"],
        sqlite_where=sa.text("is_holding = 1"),
        postgresql_where=sa.text("is_holding"),
    )
    op.create_index(
        "ix_stored_files_torn",
        "stored_files",
        ["created_at"],
        sqlite_where=sa.text("whole = 0"),
        postgresql_where=sa.text("NOT whole"),
    )
    for name, table, _columns in _DROPPED:
        op.drop_index(name, table_name=table)
    for table, column, columns in _REPLACED:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, columns)
    for name, table, columns, condition in _ADDED:
        where = sa.text(condition) if condition is not None else None
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """As it was. The rows of health stay: they say no more than that nothing is known."""
    for name, table, _columns, _condition in _ADDED:
        op.drop_index(name, table_name=table)
    for table, column, _columns in _REPLACED:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, [column])
    for name, table, columns in _DROPPED:
        op.create_index(name, table, columns)
    op.drop_index("ix_stored_files_torn", table_name="stored_files")
    op.drop_index("ix_batches_holding", table_name="batches")
    op.drop_column("batches", "is_holding")
