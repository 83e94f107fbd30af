"""``/api/features`` and ``/api/catalogue``: the tools of the users' app, and the models that can serve them."""

from __future__ import annotations

from trunkline.faces.features import catalogue, features, history, runs
from trunkline.faces.http.router import Router

router = Router()
for part in (catalogue, features, history, runs):
    router.take_over(part.router)
