"""The models that a provider offers, whichever way it lists them."""

from __future__ import annotations

from trunkline.outbound.transport import Transport
from trunkline.providers.anthropic_models import list_anthropic_models
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.gemini_models import list_gemini_models
from trunkline.providers.model_info import ModelInfo
from trunkline.providers.ollama import list_ollama_models
from trunkline.providers.openai_models import list_openai_models
from trunkline.providers.openrouter import list_openrouter_models


async def list_models(endpoint: Endpoint, transport: Transport, *, required: bool = False) -> list[ModelInfo]:
    """Every model that this key may use, as far as the provider tells; none where it has no list.

    ``transport`` is the demo's own for a provider that answers in process. Raises UpstreamError; with ``required`` also
    where a server has no list that servers of its kind may have.
    """
    provider = endpoint.provider
    if provider.paths.models is None:
        return []
    if provider.id == "openrouter":
        return await list_openrouter_models(endpoint, transport)
    match provider.dialect:
        case "anthropic_messages":
            return await list_anthropic_models(endpoint, transport)
        case "gemini":
            return await list_gemini_models(endpoint, transport)
        case "ollama":
            return await list_ollama_models(endpoint, transport)
        case _:
            return await list_openai_models(endpoint, transport, required=required)
