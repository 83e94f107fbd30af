"""The provider face: ``/api/providers`` and ``/api/templates``."""

from __future__ import annotations

from trunkline.faces.http.router import Router
from trunkline.faces.providers import drafts, providers, templates

router = Router()
for part in (providers, drafts, templates):
    router.take_over(part.router)
router.take_over(templates.everywhere)
