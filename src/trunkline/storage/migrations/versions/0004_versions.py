"""Versions of configurations and experiments between them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions of configurations and experiments between them."""
    op.create_table(
        "version_usage",
        sa.Column("version_id", sa.String(length=36), nullable=False),
        sa.Column("request_count", sa.BigInteger(), nullable=False),
        sa.Column("error_count", sa.BigInteger(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_nanos", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_usage")),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_ratings_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("workspace_id", "request_id", "user_id", name=op.f("uq_ratings_workspace_id")),
    )
    op.create_index("ix_ratings_request", "ratings", ["request_id"], unique=False)
    op.create_index(op.f("ix_ratings_workspace_id"), "ratings", ["workspace_id"], unique=False)
    op.create_table(
        "configuration_versions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("buckets", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_id"],
            ["ai_configurations.id"],
            name=op.f("fk_configuration_versions_configuration_id_ai_configurations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_configuration_versions_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration_versions")),
        sa.UniqueConstraint("configuration_id", "version", name=op.f("uq_configuration_versions_configuration_id")),
    )
    op.create_index(
        op.f("ix_configuration_versions_configuration_id"), "configuration_versions", ["configuration_id"], unique=False
    )
    op.create_index(
        op.f("ix_configuration_versions_workspace_id"), "configuration_versions", ["workspace_id"], unique=False
    )
    op.create_table(
        "experiment_phases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("slow_ms", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["configuration_id"],
            ["ai_configurations.id"],
            name=op.f("fk_experiment_phases_configuration_id_ai_configurations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment_phases")),
        sa.UniqueConstraint("configuration_id", "number", name=op.f("uq_experiment_phases_configuration_id")),
    )
    op.create_index(
        op.f("ix_experiment_phases_configuration_id"), "experiment_phases", ["configuration_id"], unique=False
    )
    op.create_table(
        "experiments",
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("control_version_id", sa.String(length=36), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_id"],
            ["ai_configurations.id"],
            name=op.f("fk_experiments_configuration_id_ai_configurations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_experiments_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("configuration_id", name=op.f("pk_experiments")),
    )
    op.create_index(op.f("ix_experiments_workspace_id"), "experiments", ["workspace_id"], unique=False)
    op.create_table(
        "experiment_units",
        sa.Column("phase_id", sa.String(length=36), nullable=False),
        sa.Column("version_id", sa.String(length=36), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_count", sa.BigInteger(), nullable=False),
        sa.Column("error_count", sa.BigInteger(), nullable=False),
        sa.Column("slow_count", sa.BigInteger(), nullable=False),
        sa.Column("unpriced_count", sa.BigInteger(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_nanos", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phase_id"],
            ["experiment_phases.id"],
            name=op.f("fk_experiment_units_phase_id_experiment_phases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("phase_id", "version_id", "unit", name=op.f("pk_experiment_units")),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("experiment_units")
    op.drop_index(op.f("ix_experiments_workspace_id"), table_name="experiments")
    op.drop_table("experiments")
    op.drop_index(op.f("ix_experiment_phases_configuration_id"), table_name="experiment_phases")
    op.drop_table("experiment_phases")
    op.drop_index(op.f("ix_configuration_versions_workspace_id"), table_name="configuration_versions")
    op.drop_index(op.f("ix_configuration_versions_configuration_id"), table_name="configuration_versions")
    op.drop_table("configuration_versions")
    op.drop_index(op.f("ix_ratings_workspace_id"), table_name="ratings")
    op.drop_index("ix_ratings_request", table_name="ratings")
    op.drop_table("ratings")
    op.drop_table("version_usage")
