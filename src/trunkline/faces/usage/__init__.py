"""The usage face: ``/api/usage``, ``/api/requests``, and ``/api/configurations/{id}/usage``."""

from __future__ import annotations

from trunkline.faces.http.router import Router
from trunkline.faces.usage import corrections, exports, requests, usage

router = Router()
for part in (corrections.router, exports.router, requests.router, usage.router):
    router.take_over(part)

__all__ = ["router"]
