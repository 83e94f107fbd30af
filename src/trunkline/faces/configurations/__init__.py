"""The configuration face: ``/api/configurations``."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.configurations import configurations, discoveries, keys, models, revisions

router = APIRouter()
for part in (configurations, keys, revisions, models, discoveries):
    router.include_router(part.router)
