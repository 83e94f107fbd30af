"""The policy face: ``/policy``, what calls must not do, and which of them did."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.http.services import Services
from trunkline.faces.policy import policies, violations


def router(services: Services) -> APIRouter:
    """All routes of this face. ``services`` are found again through the application that they are included in."""
    del services
    face = APIRouter()
    # Fixed paths first: "violations" and "alerts" are no ids.
    for part in (violations, policies):
        face.include_router(part.routes)
    return face
