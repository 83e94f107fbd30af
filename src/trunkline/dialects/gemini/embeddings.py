"""Embeddings: ``embedContent`` and ``batchEmbedContents``. https://ai.google.dev/api/embeddings

Clients may use either; we ask providers by batch only. The model stands in the URL and, on this wire, in every request
of a batch too.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.dialect import Written
from trunkline.dialects.figure import read_count
from trunkline.dialects.gemini.error import read_error_value
from trunkline.dialects.gemini.fields import Fields, decode
from trunkline.dialects.gemini.wire import UsageMetadata
from trunkline.dialects.raw_json import BROKEN_JSON

_EACH: Final = "requests"
"""Where ``extra`` keeps the fields of each request of a batch when they are not all the same."""


class _Embedding(msgspec.Struct):
    values: tuple[float, ...] = ()


class _Answer(msgspec.Struct, rename="camel"):
    embedding: _Embedding | None = None
    embeddings: list[_Embedding] | None = None
    usage_metadata: UsageMetadata | None = None
    token_count: JsonValue = None
    """What a batch tells of each text: https://ai.google.dev/api/batch-api#EmbedContentResponse."""
    error: JsonValue = None


def read_embeddings_request(body: bytes) -> EmbeddingsRequest:
    """Either form. Raises :class:`InvalidInput`; dimensions must be the same for a whole batch."""
    fields = Fields(decode(body))
    if "requests" in fields:
        requests = [Fields(value, f"requests.{index}") for index, value in enumerate(fields.array("requests"))]
        if not requests:
            raise InvalidInput.of("requests", "must hold at least one request")
    else:
        requests = [fields]
    inputs: list[str] = []
    dimensions: list[int | None] = []
    model = ""
    for request in requests:
        model = model or (request.text("model") or "").removeprefix("models/")
        request.take("model")
        inputs.append(_read_text(request))
        dimensions.append(request.whole("outputDimensionality"))
        if dimensions[-1] != dimensions[0]:
            raise InvalidInput.of(request.at("outputDimensionality"), "must be the same in all requests of a batch")
    rests = [request.rest() for request in requests]
    extra: dict[str, JsonValue] = rests[0]
    if any(rest != extra for rest in rests):
        extra = {_EACH: [*rests]}
    return EmbeddingsRequest(
        model=model, inputs=tuple(inputs), dimensions=dimensions[0], extra={"gemini": extra} if extra else {}
    )


def _read_text(request: Fields) -> str:
    content = request.fields("content")
    if content is None:
        raise InvalidInput.of(request.at("content"), "is required: the content to embed")
    texts: list[str] = []
    for index, value in enumerate(content.array("parts")):
        part = Fields(value, f"{content.at('parts')}.{index}")
        text = part.text("text")
        if text is None:
            raise InvalidInput.of(part.path, "must be a text part")
        texts.append(text)
    return "\n".join(texts)


def write_embeddings_request(request: EmbeddingsRequest) -> Written:
    """A ``batchEmbedContents`` body. Raises :class:`Unsupported` for inputs that are cut into tokens."""
    if request.tokens:
        raise Unsupported.of("input", "Gemini embeds texts, not tokens; send the text itself")
    extra = request.extra.get("gemini", {})
    each = extra.get(_EACH)
    requests: list[JsonValue] = []
    for index, text in enumerate(request.inputs):
        own = each[index] if isinstance(each, list) and index < len(each) else extra
        fields: dict[str, JsonValue] = {"model": f"models/{request.model.removeprefix('models/')}"}
        fields["content"] = {"parts": [{"text": text}]}
        if request.dimensions is not None:
            fields["outputDimensionality"] = request.dimensions
        if isinstance(own, dict):
            fields.update({name: value for name, value in own.items() if name != _EACH})
        requests.append(fields)
    dropped = [] if request.user is None else ["user"]
    dropped += [f"extra.{name}" for dialect, rest in request.extra.items() if dialect != "gemini" for name in rest]
    return Written(msgspec.json.encode({"requests": requests}), tuple(dropped))


def read_embeddings_response(body: bytes) -> EmbeddingsResponse:
    """Either form; the answer does not name its model. Raises :class:`UpstreamError`."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except BROKEN_JSON as error:
        raise UpstreamError("The provider's answer is not Gemini's JSON.", kind="malformed", status=200) from error
    if answer.error is not None:
        raise read_error_value(200, {"error": answer.error})
    found = [answer.embedding] if answer.embedding is not None else answer.embeddings
    if found is None:
        raise UpstreamError("The provider answered without embeddings.", kind="malformed", status=200)
    told = answer.token_count if answer.usage_metadata is None else answer.usage_metadata.prompt_token_count
    return EmbeddingsResponse(
        model="",
        vectors=tuple(embedding.values for embedding in found),
        usage=None if told is None else Usage(input=read_count(told)),
    )


def write_embeddings_response(response: EmbeddingsResponse, *, batch: bool = True) -> bytes:
    """An answer to ``batchEmbedContents``; with ``batch`` False to ``embedContent``, which has one vector."""
    vectors: list[JsonValue] = [{"values": list(vector)} for vector in response.vectors]
    out: dict[str, JsonValue] = {"embeddings": vectors} if batch else {"embedding": vectors[0] if vectors else {}}
    if response.usage is not None:
        tokens = response.usage.input
        out["usageMetadata"] = {"promptTokenCount": tokens, "totalTokenCount": tokens}
    return msgspec.json.encode(out)
