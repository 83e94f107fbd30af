"""The usage face: ``/api/usage``, ``/api/requests``, and ``/api/configurations/{id}/usage``."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.usage import corrections, exports, requests, usage

router = APIRouter()
for part in (corrections.router, exports.router, requests.router, usage.router):
    router.include_router(part)

__all__ = ["router"]
