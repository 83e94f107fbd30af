"""The rules that every workspace has, and the installation, without anybody making them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from uuid import UUID, uuid5

from trunkline.control.alerts.rule import AlertRule
from trunkline.core.alert import INSTALLATION_KINDS, AlertKind, Severity

_INSTALLATION: Final = UUID(int=0)

_PRESETS: Final[tuple[tuple[str, AlertKind, str, float | None, Severity], ...]] = (
    ("down", "down", "A configuration is down", None, "critical"),
    ("key_failing", "key_failing", "A provider rejects a key", None, "critical"),
    ("budget_80", "budget_used", "80 % of a budget is used", 80, "warning"),
    ("budget_100", "budget_used", "A budget is used up", 100, "critical"),
    ("journal", "journal_not_shipping", "Requests do not reach the database", 60, "critical"),
)
"""Each by its name, with its kind, what it is called, its threshold and its severity. None tells any channel."""

COUNT: Final = len(_PRESETS)


@lru_cache(maxsize=4096)
def list_presets(workspace_id: str | None) -> tuple[AlertRule, ...]:
    """Those of a workspace, or of the installation, as they are until somebody changes them. Their ids never change."""
    place = _INSTALLATION if workspace_id is None else UUID(workspace_id)
    return tuple(
        AlertRule(
            id=str(uuid5(place, f"alert rule {name}")),
            workspace_id=workspace_id,
            preset=name,
            name=called,
            kind=kind,
            threshold=threshold,
            severity=severity,
        )
        for name, kind, called, threshold, severity in _PRESETS
        if (kind in INSTALLATION_KINDS) == (workspace_id is None)
    )
