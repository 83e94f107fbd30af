"""A broken policy as a row."""

from __future__ import annotations

from trunkline.control.usage.row import moment
from trunkline.core.policy import ViolationEvent
from trunkline.storage.violations import Row


def violation_row(event: ViolationEvent) -> Row:
    """The row of ``event``. Texts are cut to what the columns hold; PostgreSQL stores no NUL."""
    return {
        "id": event.id,
        "policy_id": event.policy_id,
        "policy_name": _text(event.policy_name, 255),
        "workspace_id": event.workspace_id,
        "application_id": event.application_id,
        "user_id": event.user_id,
        "key_id": event.key_id,
        "configuration_id": event.configuration_id,
        "provider": _text(event.provider, 100),
        "model": _text(event.model, 255),
        "host": _text(event.host, 255),
        "risk_type": event.risk_type,
        "action_type": event.action,
        "explanation": _text(event.explanation, 2_000),
        "request_id": _text(event.request_id, 128),
        "created_at": moment(event.at),
    }


def _text(text: str, length: int) -> str:
    return text.replace("\x00", "")[:length]
