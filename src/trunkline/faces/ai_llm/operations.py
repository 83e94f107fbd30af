"""Asking providers whether an entry works."""

from __future__ import annotations

from trunkline.faces.ai_llm.acting import TesterDep
from trunkline.faces.ai_llm.failure import failures
from trunkline.faces.ai_llm.wire import AiLlmValidateResponse
from trunkline.faces.http.auth import allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId

router = Router(prefix="/ai/llm", tags=["AI LLMs"])


@router.post("/{ai_llm_id}/validate", dependencies=[allow("configurations.test")], responses=failures(403, 404, 429))
async def validate_ai_llm(services: ServicesDep, actor: TesterDep, ai_llm_id: PathId) -> AiLlmValidateResponse:
    """Ask the provider, with the stored credentials, whether they are good. 200 also when it says no."""
    result = await services.connection_tests.test(actor, ai_llm_id, force=True)
    return AiLlmValidateResponse(success=result.success, message=result.message)
