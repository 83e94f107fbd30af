"""Users and groups that identity providers send by SCIM."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Identities so far are of people who have signed in."""
    op.add_column("identity_providers", sa.Column("scim_digest", sa.String(64), nullable=True))
    op.add_column("identity_providers", sa.Column("scim_mask", sa.String(64), nullable=True))
    op.create_index(op.f("ix_identity_providers_scim_digest"), "identity_providers", ["scim_digest"], unique=True)
    op.add_column("user_identities", sa.Column("user_name", sa.String(320), nullable=True))
    op.add_column("user_identities", sa.Column("external_id", sa.String(255), nullable=True))
    op.add_column("user_identities", sa.Column("attributes", sa.JSON(), nullable=True))
    op.add_column("user_identities", sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("user_identities", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("user_identities", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_user_identities_user_name", "user_identities", ["provider_id", "user_name"], unique=True)
    op.create_index("ix_user_identities_external_id", "user_identities", ["provider_id", "external_id"])
    op.create_table(
        "provisioned_groups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("name_key", sa.String(length=255), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_providers.id"],
            name=op.f("fk_provisioned_groups_provider_id_identity_providers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisioned_groups")),
    )
    op.create_index("ix_provisioned_groups_name_key", "provisioned_groups", ["provider_id", "name_key"])
    op.create_index("ix_provisioned_groups_external_id", "provisioned_groups", ["provider_id", "external_id"])
    op.create_table(
        "provisioned_members",
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("identity_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["provisioned_groups.id"],
            name=op.f("fk_provisioned_members_group_id_provisioned_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["user_identities.id"],
            name=op.f("fk_provisioned_members_identity_id_user_identities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "identity_id", name=op.f("pk_provisioned_members")),
    )
    op.create_index(op.f("ix_provisioned_members_identity_id"), "provisioned_members", ["identity_id"])


def downgrade() -> None:
    """Accounts stay, and what was disabled stays so."""
    op.drop_table("provisioned_members")
    op.drop_table("provisioned_groups")
    op.drop_index("ix_user_identities_external_id", table_name="user_identities")
    op.drop_index("ix_user_identities_user_name", table_name="user_identities")
    for name in ("updated_at", "version", "is_active", "attributes", "external_id", "user_name"):
        op.drop_column("user_identities", name)
    op.drop_index(op.f("ix_identity_providers_scim_digest"), table_name="identity_providers")
    op.drop_column("identity_providers", "scim_mask")
    op.drop_column("identity_providers", "scim_digest")
