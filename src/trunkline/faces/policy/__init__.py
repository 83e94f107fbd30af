"""The policy face: ``/policy``, what calls must not do, and which of them did."""

from __future__ import annotations

from trunkline.faces.http.router import Router
from trunkline.faces.policy import policies, violations

router = Router()
# Fixed paths first: "violations" and "alerts" are no ids.
for part in (violations, policies):
    router.take_over(part.router)
