"""Routes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Routes."""
    op.create_table(
        "routes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("strategy", sa.String(length=16), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_routes_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_routes_workspace_id")),
    )
    op.create_index(op.f("ix_routes_workspace_id"), "routes", ["workspace_id"], unique=False)
    op.create_table(
        "route_targets",
        sa.Column("route_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_id"],
            ["ai_configurations.id"],
            name=op.f("fk_route_targets_configuration_id_ai_configurations"),
        ),
        sa.ForeignKeyConstraint(
            ["route_id"], ["routes.id"], name=op.f("fk_route_targets_route_id_routes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("route_id", "position", name=op.f("pk_route_targets")),
    )
    op.create_index(op.f("ix_route_targets_configuration_id"), "route_targets", ["configuration_id"], unique=False)


def downgrade() -> None:
    """Without them."""
    op.drop_index(op.f("ix_route_targets_configuration_id"), table_name="route_targets")
    op.drop_table("route_targets")
    op.drop_index(op.f("ix_routes_workspace_id"), table_name="routes")
    op.drop_table("routes")
