"""The management face's routes, put together."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.http.services import Services
from trunkline.faces.management import (
    applications,
    audit,
    auth,
    encryption_key,
    keys,
    ratings,
    routes,
    users,
    workspaces,
)


def router(services: Services) -> APIRouter:
    """All routes of the management face."""
    every = APIRouter()
    for part in (auth, users, workspaces, applications, keys, ratings, routes, encryption_key, audit):
        every.include_router(part.router(services))
    return every
