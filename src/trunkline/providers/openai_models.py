"""The list of models on OpenAI's wire, with what the servers that speak it have added.

https://platform.openai.com/docs/api-reference/models/list; a context length is ``context_window`` at Groq,
``max_context_length`` at Mistral, ``max_model_len`` at vLLM and ``context_length`` elsewhere; Together answers with a
bare list.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import UpstreamError
from trunkline.outbound.transport import Transport
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import ask
from trunkline.providers.model_info import ModelInfo, first_int, first_text, guess_capabilities, member, objects, texts

NOTHING_THERE: Final = frozenset({404, 405, 501})
"""Statuses of a server that does not have what it is asked for."""


async def list_openai_models(endpoint: Endpoint, transport: Transport, *, required: bool = False) -> list[ModelInfo]:
    """Every model, in the provider's order.

    A server without a list has none that could be named, or with ``required`` it is an UpstreamError.
    """
    try:
        answer = await ask(endpoint, transport, endpoint.models())
    except UpstreamError as error:
        if error.status in NOTHING_THERE and not required:
            return []
        raise
    return read_openai_models(answer)


def read_openai_models(answer: JsonValue) -> list[ModelInfo]:
    """The models of an answer: ``data``, ``models`` or the answer itself is the list. What has no id is passed over."""
    found = answer if isinstance(answer, list) else member(answer, "data") or member(answer, "models")
    return [model for entry in objects(found) if (model := _read(entry)) is not None]


def _read(entry: JsonObject) -> ModelInfo | None:
    if (model_id := first_text(entry, "id", "name")) is None:
        return None
    architecture = entry.get("architecture")
    inputs = texts(member(architecture, "input_modalities"))
    outputs = texts(member(architecture, "output_modalities"))
    return ModelInfo(
        id=model_id,
        name=first_text(entry, "display_name", "name") or model_id,
        owned_by=first_text(entry, "owned_by", "organization"),
        description=first_text(entry, "description"),
        context_length=first_int(
            entry, "context_length", "context_window", "max_context_length", "max_model_len", "max_input_tokens"
        )
        or _llama_cpp_context(entry),
        max_output_tokens=first_int(entry, "max_output_tokens", "max_completion_tokens", "max_tokens"),
        input_modalities=inputs,
        output_modalities=outputs,
        capabilities=_capabilities(entry, model_id, inputs, outputs),
        created=first_int(entry, "created"),
    )


def _llama_cpp_context(entry: JsonObject) -> int | None:
    meta = entry.get("meta")
    return first_int(meta, "n_ctx_train") if isinstance(meta, dict) else None


def _capabilities(
    entry: JsonObject, model_id: str, inputs: tuple[str, ...], outputs: tuple[str, ...]
) -> tuple[str, ...]:
    said = entry.get("capabilities")
    kind = first_text(entry, "type")
    if outputs:
        found = list(outputs)
    elif kind in ("embedding", "embeddings"):
        found = ["embeddings"]
    elif kind in ("image", "audio", "moderation", "rerank"):
        found = [kind]
    elif kind in ("chat", "language", "code", "llm", "vlm"):
        found = ["text"]
    else:
        found = list(guess_capabilities(model_id))
    if "image" in inputs or member(said, "vision") is True or entry.get("supports_image_input") is True:
        found.append("vision")
    if member(said, "function_calling") is True or entry.get("supports_tools") is True:
        found.append("tools")
    return tuple(dict.fromkeys(found))
