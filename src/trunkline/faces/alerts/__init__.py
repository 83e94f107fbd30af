"""``/api/alerts``: what fires, the rules, and who is told."""

from fastapi import APIRouter

from trunkline.faces.alerts import alerts, channels, rules

router = APIRouter()
# What has a name of its own goes before what is found by its id.
router.include_router(rules.router)
router.include_router(channels.router)
router.include_router(alerts.router)

__all__ = ["router"]
