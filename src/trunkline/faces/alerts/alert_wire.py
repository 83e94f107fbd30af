"""Alerts on the wire."""

from __future__ import annotations

from trunkline.core.alert import AlertKind, AlertState, AlertSubject, Severity
from trunkline.faces.http.wire import Moment, ResponseBody


class AlertResponse(ResponseBody):
    """An alert: that something is as a rule looks for it, until it is so no more."""

    id: str
    workspace_id: str | None
    rule_id: str
    rule_name: str
    kind: AlertKind
    severity: Severity
    state: AlertState
    subject: AlertSubject
    subject_id: str
    subject_name: str
    summary: str
    value: float | None
    threshold: float | None
    started_at: Moment
    fired_at: Moment
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    resolved_at: Moment | None
    held: bool
    repeats: int
