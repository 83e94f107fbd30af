"""The configuration face: ``/api/configurations``."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.configurations import configurations, keys, models, revisions

router = APIRouter()
for part in (configurations, keys, revisions, models):
    router.include_router(part.router)
