"""Sums of usage by all that calls have in common, for each quarter of an hour and each day."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LARGEST = 2**63 - 1
_LARGEST_OF_A_CALL = 10**14

_TEXTS = {
    "workspace_id": 36,
    "user_id": 36,
    "key_id": 36,
    "application_id": 36,
    "configuration_id": 36,
    "version_id": 36,
    "route_id": 36,
    "feature": 64,
    "purpose": 16,
    "tags": 1024,
    "operation": 32,
    "provider": 100,
    "model": 255,
    "outcome": 16,
    "price_missing": 255,
}
_OPTIONAL = {
    "key_id",
    "application_id",
    "configuration_id",
    "version_id",
    "route_id",
    "feature",
    "purpose",
    "tags",
    "price_missing",
}
_COUNTS = (
    "request_count",
    "error_count",
    "unpriced_count",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "cost_nanos",
    "duration_us",
)

_EVENTS = """
SELECT opened_at, {texts}, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nanos, duration_us
FROM usage_events WHERE opened_at >= :since AND opened_at < :until
"""


def upgrade() -> None:
    """Made, and added up from all calls that are there, day by day."""
    op.create_table(
        "usage_groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(length=size), nullable=name in _OPTIONAL) for name, size in _TEXTS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_groups")),
    )
    op.create_index("ix_usage_groups_workspace", "usage_groups", ["workspace_id", "user_id"], unique=False)
    op.create_table(
        "usage_sums",
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("grain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "grain", "slot", "group_id", name=op.f("pk_usage_sums")),
        sqlite_with_rowid=False,
    )
    fill(op.get_bind())
    op.drop_table("provider_usage")


def fill(connection: sa.Connection) -> None:
    """Add up all calls that are there."""
    ends = connection.execute(sa.select(sa.func.min(_OPENED), sa.func.max(_OPENED)).select_from(_TABLE)).one()
    days = [moment.astimezone(UTC).date() for moment in ends if isinstance(moment, datetime)]
    if not days:
        return
    day, last = days
    groups: dict[int, dict[str, Any]] = {}
    while day <= last:
        _fill_day(connection, day, groups)
        day += timedelta(days=1)
    if groups:
        connection.execute(_GROUPS.insert(), list(groups.values()))


def _fill_day(connection: sa.Connection, day: date, groups: dict[int, dict[str, Any]]) -> None:
    since = datetime(day.year, day.month, day.day, tzinfo=UTC)
    calls = connection.execute(_SELECT, {"since": since, "until": since + timedelta(days=1)})
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for opened_at, *texts, tokens_in, tokens_out, cached, reasoning, cost, duration in calls:
        group = dict(zip(_TEXTS, texts, strict=True))
        used = tokens_in + tokens_out > 0 or group["outcome"] == "estimated"
        if group["price_missing"] is None and cost is None and used:
            group["price_missing"] = "model"
        number = identify(tuple(group.values()))
        groups.setdefault(number, {"id": number, **group})
        counts = (
            1,
            group["outcome"] == "error",
            group["price_missing"] is not None,
            *(
                min(max(count or 0, 0), _LARGEST_OF_A_CALL)
                for count in (tokens_in, tokens_out, cached, reasoning, cost, duration)
            ),
        )
        minutes = int(opened_at.timestamp()) // 60
        for grain in (15, 1440):
            key = (group["workspace_id"], grain, minutes // grain, number)
            grown = sums.setdefault(key, [*(0 for _ in _COUNTS), opened_at])
            for at, count in enumerate(counts):
                grown[at] = min(grown[at] + count, _LARGEST)
            grown[-1] = max(grown[-1], opened_at)
    if sums:
        names = ("workspace_id", "grain", "slot", "group_id", *_COUNTS, "last_used_at")
        connection.execute(_SUMS.insert(), [dict(zip(names, (*key, *row), strict=True)) for key, row in sums.items()])


def identify(group: tuple[str | None, ...]) -> int:
    """The id of a group, as the intake makes it."""
    text = "\x1f".join("\x00" if value is None else value for value in group)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


class _Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC, also from SQLite, which knows no zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Called by SQLAlchemy on the way out."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


_METADATA = sa.MetaData()
_OPENED = sa.column("opened_at", _Moment())
_TABLE = sa.table("usage_events", _OPENED)
_SELECT = (
    sa.text(_EVENTS.format(texts=", ".join(_TEXTS)))
    .bindparams(sa.bindparam("since", type_=_Moment()), sa.bindparam("until", type_=_Moment()))
    .columns(_OPENED)
)
_GROUPS = sa.table("usage_groups", sa.column("id"), *map(sa.column, _TEXTS))
_SUMS = sa.table(
    "usage_sums",
    *map(sa.column, ("workspace_id", "grain", "slot", "group_id", *_COUNTS)),
    sa.column("last_used_at", _Moment()),
)


def downgrade() -> None:
    """The sums by hour again, without rows: the calls still have what they held."""
    op.create_table(
        "provider_usage",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("configuration_id", sa.String(length=36), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS if name not in _NEW),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour", "workspace_id", "user_id", "configuration_id", "provider", "model", name=op.f("pk_provider_usage")
        ),
    )
    op.create_index("ix_provider_usage_configuration", "provider_usage", ["configuration_id", "hour"], unique=False)
    op.create_index("ix_provider_usage_workspace", "provider_usage", ["workspace_id", "user_id", "hour"], unique=False)
    op.drop_table("usage_sums")
    op.drop_index("ix_usage_groups_workspace", table_name="usage_groups")
    op.drop_table("usage_groups")


_NEW = {"cached_tokens", "reasoning_tokens"}
