"""Settled calls by months, on PostgreSQL: a partition for each, which goes at once when it is old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_usage_events_workspace": "(workspace_id, opened_at)",
    "ix_usage_events_configuration": "(configuration_id, opened_at)",
    "ix_usage_events_request": "(request_id)",
    "ix_usage_events_version": "(version_id, opened_at) WHERE version_id IS NOT NULL",
    "ix_usage_events_price_missing": "(workspace_id, opened_at) WHERE price_missing IS NOT NULL",
}


def upgrade() -> None:
    """What is there becomes the first partition, up to the end of this month: no row of it is copied."""
    if op.get_bind().dialect.name != "postgresql":
        return
    end = (datetime.now(UTC).replace(day=1) + timedelta(days=32)).replace(day=1)
    until, first = f"'{end:%Y-%m}-01 00:00:00+00'", f"usage_events_until_{end:%Y_%m}"
    op.execute(f"ALTER TABLE usage_events RENAME TO {first}")
    op.execute(f"ALTER TABLE {first} RENAME CONSTRAINT pk_usage_events TO pk_{first}")
    for name in _INDEXES:
        op.execute(f"ALTER INDEX {name} RENAME TO {name.replace('usage_events', first)}")
    op.execute(f"CREATE TABLE usage_events (LIKE {first} INCLUDING DEFAULTS) PARTITION BY RANGE (opened_at)")
    _index()
    op.execute("CREATE TABLE usage_events_default PARTITION OF usage_events DEFAULT")
    # Of calls that a clock has dated into the future.
    op.execute(
        f"WITH moved AS (DELETE FROM {first} WHERE opened_at >= {until} RETURNING *)"  # noqa: S608 - our names
        " INSERT INTO usage_events_default SELECT * FROM moved"
    )
    op.execute(f"ALTER TABLE usage_events ATTACH PARTITION {first} FOR VALUES FROM (MINVALUE) TO ({until})")


def downgrade() -> None:
    """One table again, with all rows."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE usage_events RENAME TO usage_events_by_month")
    op.execute("ALTER TABLE usage_events_by_month RENAME CONSTRAINT pk_usage_events TO pk_usage_events_by_month")
    for name in _INDEXES:
        op.execute(f"ALTER INDEX {name} RENAME TO {name}_by_month")
    op.execute("CREATE TABLE usage_events (LIKE usage_events_by_month INCLUDING DEFAULTS)")
    op.execute("INSERT INTO usage_events SELECT * FROM usage_events_by_month")
    op.execute("DROP TABLE usage_events_by_month")
    _index()


def _index() -> None:
    op.execute("ALTER TABLE usage_events ADD CONSTRAINT pk_usage_events PRIMARY KEY (opened_at, id)")
    for name, columns in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON usage_events {columns}")
