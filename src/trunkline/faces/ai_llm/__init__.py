"""The AI LLM face: ``/ai/llm``, the configurations of all of one's workspaces as entries that name no model."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.ai_llm import entries, monitoring, operations
from trunkline.faces.http.services import Services


def router(services: Services) -> APIRouter:
    """All routes of this face. ``services`` are found again through the application that they are included in."""
    del services
    face = APIRouter()
    for part in (entries, operations, monitoring):
        face.include_router(part.routes)
    return face
