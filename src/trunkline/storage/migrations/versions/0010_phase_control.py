"""Which version the others were compared with in a phase of an experiment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Earlier phases have none: they are compared with the experiment's control, as before."""
    op.add_column("experiment_phases", sa.Column("control_version_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Without it."""
    op.drop_column("experiment_phases", "control_version_id")
