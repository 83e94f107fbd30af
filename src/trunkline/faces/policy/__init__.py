"""The policy face: ``/policy``, what calls must not do, and which of them did."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.policy import policies, violations

router = APIRouter()
# Fixed paths first: "violations" and "alerts" are no ids.
for part in (violations, policies):
    router.include_router(part.router)
