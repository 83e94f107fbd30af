"""Gemini's list of models: https://ai.google.dev/api/models#method:-models.list"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from trunkline.core.chat import JsonObject
from trunkline.outbound.transport import Transport
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import ask
from trunkline.providers.model_info import ModelInfo, first_int, first_text, member, objects, texts

PAGE: Final = 1000
MAX_PAGES: Final = 10

_METHODS: Final = {
    "generateContent": "text",
    "embedContent": "embeddings",
    "predict": "image",
    "bidiGenerateContent": "live",
}


async def list_gemini_models(endpoint: Endpoint, transport: Transport) -> list[ModelInfo]:
    """Every model over all pages, without the ``models/`` that Google puts before their ids."""
    models: list[ModelInfo] = []
    token = ""
    for _ in range(MAX_PAGES):
        query = f"?pageSize={PAGE}" + (f"&pageToken={quote(token, safe='')}" if token else "")
        answer = await ask(endpoint, transport, endpoint.below(f"/v1beta/models{query}"))
        models += [model for entry in objects(member(answer, "models")) if (model := _read(entry)) is not None]
        following = member(answer, "nextPageToken")
        if not isinstance(following, str) or not following or following == token:
            break
        token = following
    return models


def _read(entry: JsonObject) -> ModelInfo | None:
    if (name := first_text(entry, "name")) is None:
        return None
    model_id = name.removeprefix("models/")
    methods = texts(entry.get("supportedGenerationMethods"))
    capabilities = [_METHODS[method] for method in methods if method in _METHODS]
    if entry.get("thinking") is True:
        capabilities.append("reasoning")
    return ModelInfo(
        id=model_id,
        name=first_text(entry, "displayName") or model_id,
        owned_by="google",
        description=first_text(entry, "description"),
        context_length=first_int(entry, "inputTokenLimit"),
        max_output_tokens=first_int(entry, "outputTokenLimit"),
        capabilities=tuple(dict.fromkeys(capabilities)),
        version=first_text(entry, "version"),
        details={"methods": list(methods)},
    )
