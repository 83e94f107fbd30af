"""``/api/conversations`` and ``/api/pictures``: talking with models, and everybody's own history of it."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.conversations import answers, conversations, messages, pictures
from trunkline.faces.http.services import Services


def router(services: Services) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    for part in (conversations, messages, answers, pictures):
        routes.include_router(part.router(services))
    return routes
