"""Model documents, and configurations that borrow a credential."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Model documents, and configurations that borrow a credential."""
    op.create_table(
        "model_documents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_model_documents_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_model_documents_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_documents")),
        sa.UniqueConstraint("user_id", name=op.f("uq_model_documents_user_id")),
    )
    op.create_index(op.f("ix_model_documents_workspace_id"), "model_documents", ["workspace_id"], unique=False)
    op.create_table(
        "model_document_entries",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=True),
        sa.Column("is_sealed", sa.Boolean(), nullable=False),
        sa.Column("configuration_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["configuration_id"],
            ["ai_configurations.id"],
            name=op.f("fk_model_document_entries_configuration_id_ai_configurations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_model_document_entries_credential_id_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["model_documents.id"],
            name=op.f("fk_model_document_entries_document_id_model_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_model_document_entries")),
    )
    op.create_index(
        op.f("ix_model_document_entries_configuration_id"), "model_document_entries", ["configuration_id"], unique=False
    )
    op.create_index(
        op.f("ix_model_document_entries_credential_id"), "model_document_entries", ["credential_id"], unique=False
    )
    op.add_column("ai_configurations", sa.Column("borrows", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ai_configurations", sa.Column("lender_id", sa.String(length=36), nullable=True))
    op.add_column("ai_configurations", sa.Column("is_paid", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("ai_configurations", "is_paid")
    op.drop_column("ai_configurations", "lender_id")
    op.drop_column("ai_configurations", "borrows")
    op.drop_index(op.f("ix_model_document_entries_credential_id"), table_name="model_document_entries")
    op.drop_index(op.f("ix_model_document_entries_configuration_id"), table_name="model_document_entries")
    op.drop_table("model_document_entries")
    op.drop_index(op.f("ix_model_documents_workspace_id"), table_name="model_documents")
    op.drop_table("model_documents")
