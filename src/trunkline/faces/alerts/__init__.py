"""``/api/alerts``: what fires, the rules, and who is told."""

from trunkline.faces.alerts import alerts, channels, rules
from trunkline.faces.http.router import Router

router = Router()
# What has a name of its own goes before what is found by its id.
router.take_over(rules.router)
router.take_over(channels.router)
router.take_over(alerts.router)

__all__ = ["router"]
