"""The configuration face: ``/api/configurations``."""

from __future__ import annotations

from trunkline.faces.configurations import configurations, discoveries, keys, models, revisions
from trunkline.faces.http.router import Router

router = Router()
for part in (configurations, keys, revisions, models, discoveries):
    router.take_over(part.router)
