"""``/api/features`` and ``/api/catalogue``: the tools of the users' app, and the models that can serve them."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.features import catalogue, features, history, runs

router = APIRouter()
for part in (catalogue, features, history, runs):
    router.include_router(part.router)
