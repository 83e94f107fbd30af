"""The provider face: ``/api/providers`` and ``/api/templates``."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.providers import drafts, providers, templates

router = APIRouter()
for part in (providers, drafts, templates):
    router.include_router(part.router)
router.include_router(templates.everywhere)
