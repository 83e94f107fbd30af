"""``/api/retention``: how long things are kept here."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.http.auth import allow
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import ResponseBody

router = APIRouter(prefix="/api/retention", tags=["Installation"])


class RetentionResponse(ResponseBody):
    """After how many days each kind of record is deleted; null where it is kept. Sums of usage are always kept."""

    requests_days: int | None
    conversations_days: int | None
    violations_days: int | None
    alerts_days: int | None
    audit_days: int | None


@router.get("", dependencies=[allow("account.read")])
async def get_retention(services: ServicesDep) -> RetentionResponse:
    """How long things are kept. The administrator of the installation sets it in its settings."""
    kept = services.retention
    days = {f"{what}_days": days for what, days in kept.days.items()}
    return RetentionResponse(**days, audit_days=kept.audit_days)
