"""The version after this one: the same program with one more migration, which only adds."""

from __future__ import annotations

import shutil
from pathlib import Path

import trunkline
from trunkline.storage.schema_version import list_versions

SOURCE = Path(trunkline.__file__).parent
VERSION = "9000"
MIGRATION = f'''"""More room: a table, a column that may be empty, one with a default, and an index."""

import sqlalchemy as sa
from alembic import op

revision = "{VERSION}"
down_revision = "{list_versions()[0]}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("notes", sa.Column("id", sa.String(36), primary_key=True))
    op.add_column("api_keys", sa.Column("note", sa.String(64), nullable=True))
    op.add_column("ai_configurations", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_configurations_weight", "ai_configurations", ["weight"])
    # Two that migrated would be told apart by this.
    op.execute("INSERT INTO notes (id) VALUES ('migrated')")
'''


def make_next_version(folder: Path) -> str:
    """What PYTHONPATH must be for `trunkline` to be the next version, which is made in ``folder``."""
    package = folder / SOURCE.name
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    (package / "storage/migrations/versions" / f"{VERSION}_more_room.py").write_text(MIGRATION)
    return str(folder)
