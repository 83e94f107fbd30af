"""Anthropic's list of models: https://platform.claude.com/docs/en/api/models/list"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote

from trunkline.core.chat import JsonObject
from trunkline.outbound.transport import Transport
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import ask
from trunkline.providers.model_info import ModelInfo, first_int, first_text, member, objects

PAGE: Final = 1000
MAX_PAGES: Final = 10


async def list_anthropic_models(endpoint: Endpoint, transport: Transport) -> list[ModelInfo]:
    """Every model, newest first, over all pages."""
    models: list[ModelInfo] = []
    after = ""
    for _ in range(MAX_PAGES):
        query = f"?limit={PAGE}" + (f"&after_id={quote(after, safe='')}" if after else "")
        answer = await ask(endpoint, transport, endpoint.below(f"/v1/models{query}"))
        models += [model for entry in objects(member(answer, "data")) if (model := _read(entry)) is not None]
        last = member(answer, "last_id")
        if member(answer, "has_more") is not True or not isinstance(last, str) or last == after:
            break
        after = last
    return models


def _read(entry: JsonObject) -> ModelInfo | None:
    model_id = first_text(entry, "id")
    if model_id is None or entry.get("lifecycle") == "retired":
        return None
    said = entry.get("capabilities")
    sees = member(member(said, "image_input"), "supported") is True
    capabilities = ["text", "tools"]
    if sees:
        capabilities.append("vision")
    if member(member(said, "thinking"), "supported") is True:
        capabilities.append("reasoning")
    if member(member(said, "structured_outputs"), "supported") is True:
        capabilities.append("structured_outputs")
    return ModelInfo(
        id=model_id,
        name=first_text(entry, "display_name") or model_id,
        owned_by="anthropic",
        context_length=first_int(entry, "max_input_tokens"),
        max_output_tokens=first_int(entry, "max_tokens"),
        input_modalities=("text", "image") if sees else ("text",),
        output_modalities=("text",),
        capabilities=tuple(capabilities),
        created=_read_time(first_text(entry, "created_at")),
    )


def _read_time(text: str | None) -> int | None:
    try:
        seconds = int(datetime.fromisoformat(text).timestamp()) if text else 0
    except ValueError:
        return None
    return seconds or None
