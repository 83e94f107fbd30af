"""The tables that the intake writes; ``storage.tables`` says what each is for."""

from __future__ import annotations

from typing import Final

from trunkline.storage.intake.table import Table

EVENTS: Final = Table(
    name="usage_events",
    key=("opened_at", "id"),
    columns={
        "opened_at": "moment",
        "id": "text",
        "request_id": "text",
        "operation": "text",
        "workspace_id": "text",
        "user_id": "text",
        "key_id": "text",
        "application_id": "text",
        "configuration_id": "text",
        "version_id": "text",
        "route_id": "text",
        "unfit_route_id": "text",
        "feature": "text",
        "conversation_id": "text",
        "phase_id": "text",
        "unit": "text",
        "purpose": "text",
        "tags": "text",
        "revision": "count",
        "provider": "text",
        "model": "text",
        "requested_model": "text",
        "streamed": "flag",
        "outcome": "text",
        "status": "count",
        "error": "text",
        "input_tokens": "count",
        "output_tokens": "count",
        "cached_tokens": "count",
        "cache_write_tokens": "count",
        "reasoning_tokens": "count",
        "usage": "json",
        "usage_estimated": "flag",
        "cost_nanos": "count",
        "held_nanos": "count",
        "price_source": "text",
        "price_missing": "text",
        "from_cache": "flag",
        "saved_nanos": "count",
        "duration_us": "count",
        "first_token_us": "count",
        "attempts": "json",
    },
)

GROUPS: Final = Table(
    name="usage_groups",
    key=("id",),
    columns={
        "id": "count",
        "workspace_id": "text",
        "user_id": "text",
        "key_id": "text",
        "application_id": "text",
        "configuration_id": "text",
        "version_id": "text",
        "route_id": "text",
        "feature": "text",
        "purpose": "text",
        "tags": "text",
        "operation": "text",
        "provider": "text",
        "model": "text",
        "outcome": "text",
        "price_missing": "text",
    },
)

SUMS: Final = Table(
    name="usage_sums",
    key=("workspace_id", "grain", "slot", "group_id"),
    columns={
        "workspace_id": "text",
        "grain": "count",
        "slot": "count",
        "group_id": "count",
        "request_count": "count",
        "error_count": "count",
        "unpriced_count": "count",
        "input_tokens": "count",
        "output_tokens": "count",
        "cached_tokens": "count",
        "reasoning_tokens": "count",
        "cost_nanos": "count",
        "duration_us": "count",
        "cache_hit_count": "count",
        "saved_nanos": "count",
        "last_used_at": "moment",
    },
    latest="last_used_at",
)

TOTALS: Final = Table(
    name="configuration_totals",
    key=("workspace_id", "configuration_id"),
    columns={
        "workspace_id": "text",
        "configuration_id": "text",
        "request_count": "count",
        "input_tokens": "count",
        "output_tokens": "count",
    },
)

VERSIONS: Final = Table(
    name="version_usage",
    key=("version_id",),
    columns={
        "version_id": "text",
        "request_count": "count",
        "error_count": "count",
        "duration_us": "count",
        "tokens": "count",
        "cost_nanos": "count",
        "last_used_at": "moment",
    },
    latest="last_used_at",
)

UNITS: Final = Table(
    name="experiment_units",
    key=("phase_id", "version_id", "unit"),
    columns={
        "phase_id": "text",
        "version_id": "text",
        "unit": "text",
        "request_count": "count",
        "error_count": "count",
        "duration_us": "count",
        "tokens": "count",
        "cost_nanos": "count",
        "slow_count": "count",
        "unpriced_count": "count",
        "first_at": "moment",
    },
    earliest="first_at",
)

HEALTH_COUNTS: Final = Table(
    name="health_counts",
    key=("configuration_id", "grain", "slot", "outcome", "bucket"),
    columns={
        "configuration_id": "text",
        "grain": "count",
        "slot": "count",
        "outcome": "text",
        "bucket": "count",
        "call_count": "count",
    },
)

VIOLATIONS: Final = Table(
    name="policy_violations",
    key=("id",),
    columns={
        "id": "text",
        "policy_id": "text",
        "policy_name": "text",
        "workspace_id": "text",
        "application_id": "text",
        "user_id": "text",
        "key_id": "text",
        "configuration_id": "text",
        "provider": "text",
        "model": "text",
        "host": "text",
        "risk_type": "text",
        "action_type": "count",
        "explanation": "text",
        "request_id": "text",
        "created_at": "moment",
    },
)

BUDGET_PERIODS: Final = Table(
    name="budget_periods",
    key=("budget_id", "period_start"),
    columns={"budget_id": "text", "period_start": "moment", "spent_nanos": "count"},
)

BUDGET_EVENTS: Final = Table(
    name="budget_events",
    key=("budget_id", "period_start", "threshold"),
    columns={
        "budget_id": "text",
        "period_start": "moment",
        "threshold": "count",
        "workspace_id": "text",
        "spent_nanos": "count",
        "at": "moment",
    },
)
