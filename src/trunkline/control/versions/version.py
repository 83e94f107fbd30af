"""A version as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.configurations.common_settings import read_settings
from trunkline.control.record import read_record
from trunkline.core.chat import JsonObject
from trunkline.storage.tables import Configuration, ConfigurationVersion
from trunkline.storage.versions import Served

KIND: Final = "version"
"""What audit events call a version."""

FIRST: Final = "v1"
"""What a configuration itself is called among its versions."""


class VersionMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """What a version has served so far; zeros at first. ``satisfaction`` is 1 to 5, None until somebody rates."""

    request_count: int
    average_latency_ms: int
    average_tokens: int
    error_rate: float
    satisfaction: float | None


class VersionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A version as people see it. ``settings`` are those that somebody has set; ``share`` is in hundredths of 1 %.

    The share of one that is not active is what it gets when it is made active.
    """

    id: str
    configuration_id: str
    application_id: str | None
    version: str
    label: str
    provider: str
    model: str | None
    settings: JsonObject
    share: int
    is_active: bool
    metrics: VersionMetrics
    revision: int
    created_at: datetime
    updated_at: datetime

    @property
    def traffic_percent(self) -> int | float:
        """The share in percent, whole where it is."""
        whole, part = divmod(self.share, 100)
        return self.share / 100 if part else whole


class VersionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a version is to be; what is UNSET stays as it is, or is as its configuration is.

    ``settings`` are merged name by name, None takes one away. ``application_id`` may only be that of the configuration.
    """

    application_id: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    provider: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    settings: JsonObject | UnsetType = UNSET
    share: int | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


def show(row: ConfigurationVersion, parent: Configuration, served: Served) -> VersionRecord:
    """The row as people see it."""
    return read_record(
        VersionRecord,
        row,
        application_id=parent.application_id,
        settings=read_settings(row.provider, row.parameters),
        metrics=_measure(served),
    )


def read_state(row: ConfigurationVersion) -> JsonObject:
    """What the audit log keeps of it."""
    return {
        "version": row.version,
        "label": row.label,
        "provider": row.provider,
        "modelId": row.model,
        "settings": dict(row.parameters),
        "share": row.share,
        "isActive": row.is_active,
    }


def _measure(served: Served) -> VersionMetrics:
    count = served.request_count or 1
    return VersionMetrics(
        request_count=served.request_count,
        average_latency_ms=round(served.duration_us / count / 1000),
        average_tokens=round(served.tokens / count),
        error_rate=round(served.error_count / count, 4),
        satisfaction=None if served.score is None else round(served.score, 2),
    )
