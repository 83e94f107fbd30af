"""The AI LLM face: ``/ai/llm``, the configurations of all of one's workspaces as entries that name no model."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.ai_llm import entries, monitoring, operations

router = APIRouter()
for part in (entries, operations, monitoring):
    router.include_router(part.router)
