"""The management face's routes, put together."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.http.services import Services
from trunkline.faces.management import applications, audit, auth, encryption_key, keys, users, workspaces


def router(services: Services) -> APIRouter:
    """All routes of the management face."""
    routes = APIRouter()
    for part in (auth, users, workspaces, applications, keys, encryption_key, audit):
        routes.include_router(part.router(services))
    return routes
