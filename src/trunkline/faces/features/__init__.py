"""``/api/features`` and ``/api/catalogue``: the tools of the users' app, and the models that can serve them."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.features import catalogue, features, history, runs
from trunkline.faces.http.services import Services


def router(services: Services) -> APIRouter:
    """The routes."""
    del services
    routes = APIRouter()
    for part in (catalogue.routes, features.routes, history.routes, runs.routes):
        routes.include_router(part)
    return routes
