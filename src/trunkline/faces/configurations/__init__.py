"""The configuration face: ``/api/configurations``, ``/api/providers``, ``/api/usage`` and ``/api/jobs``."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.configurations import configurations, jobs, keys, models, providers, revisions, templates, usage
from trunkline.faces.http.services import Services


def router(services: Services) -> APIRouter:
    """All routes of this face. ``services`` are found again through the application that they are included in."""
    del services
    face = APIRouter()
    for part in (configurations, keys, revisions, models, providers, templates, usage, jobs):
        face.include_router(part.routes)
    face.include_router(templates.everywhere)
    return face
