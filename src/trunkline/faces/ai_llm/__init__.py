"""The AI LLM face: ``/ai/llm``, the configurations of all of one's workspaces as entries that name no model."""

from __future__ import annotations

from trunkline.faces.ai_llm import entries, monitoring, operations
from trunkline.faces.http.router import Router

router = Router()
for part in (entries, operations, monitoring):
    router.take_over(part.router)
