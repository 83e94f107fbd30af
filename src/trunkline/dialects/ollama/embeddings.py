"""Embeddings: ``/api/embed``, and of clients ``/api/embeddings``, which came before it.

https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.dialect import Written
from trunkline.dialects.figure import read_count
from trunkline.dialects.ollama.error import read_failure
from trunkline.dialects.ollama.request import decode, wrong_field
from trunkline.dialects.raw_json import BROKEN_JSON


class _Model(msgspec.Struct):
    model: str


class _Asked(_Model):
    input: str | list[str]
    dimensions: int | None = None


class _AskedPrompt(_Model):
    prompt: str


_Shape = TypeVar("_Shape", bound=_Model)


class _Answer(msgspec.Struct):
    model: str | None = None
    embeddings: list[tuple[float, ...]] | None = None
    prompt_eval_count: JsonValue = None
    error: str | dict[str, JsonValue] | None = None


def read_embeddings_request(body: bytes) -> EmbeddingsRequest:
    """Raises :class:`InvalidInput` with the wire's own paths."""
    asked, fields = _read(body, _Asked)
    return EmbeddingsRequest(
        model=asked.model,
        inputs=(asked.input,) if isinstance(asked.input, str) else tuple(asked.input),
        dimensions=asked.dimensions,
        extra=_read_extra(fields, asked),
    )


def read_prompt_request(body: bytes) -> EmbeddingsRequest:
    """The same of ``/api/embeddings``, which takes one text. Raises :class:`InvalidInput`."""
    asked, fields = _read(body, _AskedPrompt)
    return EmbeddingsRequest(model=asked.model, inputs=(asked.prompt,), extra=_read_extra(fields, asked))


def _read(body: bytes, shape: type[_Shape]) -> tuple[_Shape, dict[str, JsonValue]]:
    fields = decode(body)
    try:
        asked = msgspec.convert(fields, shape)
    except msgspec.ValidationError as error:
        raise wrong_field(error) from error
    if not asked.model:
        raise InvalidInput.of("model", "is required: the name of the model")
    return asked, fields


def _read_extra(fields: dict[str, JsonValue], asked: _Model) -> dict[str, dict[str, JsonValue]]:
    extra = {name: value for name, value in fields.items() if name not in asked.__struct_fields__}
    return {"ollama": extra} if extra else {}


def write_embeddings_request(request: EmbeddingsRequest) -> Written:
    """Raises :class:`Unsupported` for inputs that are cut into tokens."""
    if request.tokens:
        raise Unsupported.of("input", "Ollama embeds texts, not tokens; send the text itself")
    out: dict[str, JsonValue] = {"model": request.model, "input": list(request.inputs)}
    if request.dimensions is not None:
        out["dimensions"] = request.dimensions
    for name, value in request.extra.get("ollama", {}).items():
        out.setdefault(name, value)
    dropped = [] if request.user is None else ["user"]
    dropped += [f"extra.{name}" for dialect, rest in request.extra.items() if dialect != "ollama" for name in rest]
    return Written(msgspec.json.encode(out), tuple(dropped))


def read_embeddings_response(body: bytes) -> EmbeddingsResponse:
    """Raises :class:`UpstreamError`."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except BROKEN_JSON as error:
        raise UpstreamError("The provider's answer is not Ollama's JSON.", kind="malformed", status=200) from error
    if answer.error is not None:
        raise read_failure(None, answer.error)
    if answer.embeddings is None:
        raise UpstreamError("The provider answered without embeddings.", kind="malformed", status=200)
    return EmbeddingsResponse(
        model=answer.model or "",
        vectors=tuple(answer.embeddings),
        usage=None if answer.prompt_eval_count is None else Usage(input=read_count(answer.prompt_eval_count)),
    )


def write_embeddings_response(response: EmbeddingsResponse) -> bytes:
    """Always numbers: this wire has no base64."""
    out: dict[str, JsonValue] = {
        "model": response.model,
        "embeddings": [list(vector) for vector in response.vectors],
    }
    if response.usage is not None:
        out["prompt_eval_count"] = response.usage.input
    return msgspec.json.encode(out)


def write_prompt_response(response: EmbeddingsResponse) -> bytes:
    """The one vector of ``/api/embeddings``."""
    vector = response.vectors[0] if response.vectors else ()
    return msgspec.json.encode({"embedding": list(vector)})
