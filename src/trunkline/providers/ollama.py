"""What Ollama alone offers: its own list, downloads, and what is known of a model. https://docs.ollama.com/api"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final, cast

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.redact import redact
from trunkline.dialects.ndjson import LineReader, LineTooLarge
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import Transport
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import ask, send
from trunkline.providers.model_info import ModelInfo, first_int, first_text, guess_capabilities, member, objects, texts

PULL_TIMEOUTS: Final = Timeouts(connect=5.0, first_byte=120.0, between=300.0, total=24 * 3600.0)
"""A download may take hours; checking a large layer's digest is silent for minutes."""

_DELETED_LIMIT: Final = 65_536
"""Bytes. The answer is empty."""

_CAPABILITIES: Final = {"completion": "text", "embedding": "embeddings", "thinking": "reasoning"}


class PullProgress(msgspec.Struct, frozen=True):
    """How far a download is, in bytes over all layers that are known so far. Neither number ever gets smaller."""

    status: str
    completed: int = 0
    total: int = 0


async def list_ollama_models(endpoint: Endpoint, transport: Transport) -> list[ModelInfo]:
    """The models that are installed."""
    answer = await ask(endpoint, transport, endpoint.models())
    return [model for entry in objects(member(answer, "models")) if (model := _read(entry)) is not None]


async def show(endpoint: Endpoint, transport: Transport, model: str) -> ModelInfo:
    """What is known of one installed model. Raises UpstreamError, of kind ``not_found`` when it is not installed."""
    answer = await ask(endpoint, transport, endpoint.below("/api/show"), {"model": model})
    about = answer if isinstance(answer, dict) else {}
    # Names are like "llama.context_length": the architecture comes first.
    facts = about.get("model_info")
    facts = facts if isinstance(facts, dict) else {}
    context = next((first_int(facts, name) for name in facts if name.endswith(".context_length")), None)
    said = [_CAPABILITIES.get(word, word) for word in texts(about.get("capabilities"))]
    return ModelInfo(
        id=model,
        name=model,
        owned_by="ollama",
        context_length=context,
        capabilities=tuple(dict.fromkeys(said)) or guess_capabilities(model),
        details=_details(about),
    )


async def delete(endpoint: Endpoint, transport: Transport, model: str) -> None:
    """Delete an installed model from the disk. https://docs.ollama.com/api/delete

    Raises UpstreamError, of kind ``not_found`` when it is not installed.
    """
    response = await send(endpoint, transport, endpoint.below("/api/delete"), {"model": model}, method="DELETE")
    await response.read(_DELETED_LIMIT)


async def pull(endpoint: Endpoint, transport: Transport, model: str) -> AsyncIterator[PullProgress]:
    """Download ``model``; the last progress has the status ``success``.

    Raises InvalidInput for an empty name and UpstreamError where Ollama fails or ends without having succeeded. Closing
    the iterator stops the download; Ollama keeps what has come and goes on from there next time.
    """
    if not model.strip():
        raise InvalidInput.of("model", "name the model to download, like llama3.2.")
    question: JsonObject = {"model": model, "stream": True}
    response = await send(endpoint, transport, endpoint.below("/api/pull"), question, PULL_TIMEOUTS)
    layers: dict[str, tuple[int, int]] = {}
    shown = PullProgress("")
    reader = LineReader()
    try:
        while shown.status != "success":
            chunk = await response.next_chunk()
            for line in reader.feed(chunk) if chunk else reader.close():
                shown = _advance(endpoint, line, layers, shown)
                yield shown
            if not chunk:
                break
    except LineTooLarge:
        raise _broken(endpoint, "Ollama sent a line that is too long.") from None
    finally:
        response.abort()
    if shown.status != "success":
        raise _broken(endpoint, "Ollama ended the download early. Start it again: it goes on from where it was.")


def _advance(endpoint: Endpoint, line: bytes, layers: dict[str, tuple[int, int]], before: PullProgress) -> PullProgress:
    try:
        entry = cast("JsonValue", msgspec.json.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _broken(endpoint, "Ollama sent progress that is not JSON.") from None
    if not isinstance(entry, dict):
        raise _broken(endpoint, "Ollama sent progress that is not an object.")
    if (failure := first_text(entry, "error")) is not None:
        words = endpoint.redaction.text(redact(failure[:2000]))
        raise UpstreamError(
            f"Ollama could not download the model: {words}", kind="server", provider=endpoint.provider.id, detail=words
        )
    if (digest := first_text(entry, "digest")) is not None:
        done, size = layers.get(digest, (0, 0))
        layers[digest] = (max(done, first_int(entry, "completed") or 0), max(size, first_int(entry, "total") or 0))
    completed = sum(done for done, _ in layers.values())
    total = sum(size for _, size in layers.values())
    status = endpoint.redaction.text(first_text(entry, "status") or "")
    return PullProgress(status or before.status, completed, total)


def _broken(endpoint: Endpoint, message: str) -> UpstreamError:
    return UpstreamError(message, kind="malformed", provider=endpoint.provider.id)


def _read(entry: JsonObject) -> ModelInfo | None:
    if (model_id := first_text(entry, "model", "name")) is None:
        return None
    said = [_CAPABILITIES.get(word, word) for word in texts(entry.get("capabilities"))]
    return ModelInfo(
        id=model_id,
        name=first_text(entry, "name") or model_id,
        owned_by="ollama",
        capabilities=tuple(dict.fromkeys(said)) or guess_capabilities(model_id),
        created=_read_time(first_text(entry, "modified_at")),
        version=(first_text(entry, "digest") or "")[:12] or None,
        details=_details(entry),
    )


def _details(entry: JsonObject) -> JsonObject:
    about = entry.get("details")
    about = about if isinstance(about, dict) else {}
    found: JsonObject = {
        "sizeBytes": first_int(entry, "size"),
        "family": first_text(about, "family"),
        "parameterSize": first_text(about, "parameter_size"),
        "quantization": first_text(about, "quantization_level"),
        "modifiedAt": first_text(entry, "modified_at"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _read_time(text: str | None) -> int | None:
    try:
        return int(datetime.fromisoformat(text).timestamp()) if text else None
    except ValueError:
        return None
