"""Content of calls, for workspaces that ask for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has asked for it yet."""
    op.add_column("workspaces", sa.Column("capture", sa.JSON(), nullable=True))
    op.create_table(
        "captured_content",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_captured_content_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_captured_content")),
    )
    op.create_index("ix_captured_content_workspace_id", "captured_content", ["workspace_id"])
    op.create_index("ix_captured_content_expires_at", "captured_content", ["expires_at"])


def downgrade() -> None:
    """What was captured is gone."""
    op.drop_index("ix_captured_content_expires_at", table_name="captured_content")
    op.drop_index("ix_captured_content_workspace_id", table_name="captured_content")
    op.drop_table("captured_content")
    op.drop_column("workspaces", "capture")
