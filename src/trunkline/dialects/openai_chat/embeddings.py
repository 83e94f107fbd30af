"""Embeddings: https://platform.openai.com/docs/api-reference/embeddings."""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final, cast

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import Unsupported, UpstreamError
from trunkline.dialects.dialect import Written
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_chat.usage import read_usage
from trunkline.dialects.openai_failure import classify, read_error_object
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder

_NAME: Final = "openai_chat"
_KNOWN: Final = frozenset({"model", "input", "dimensions", "encoding_format", "user"})


class _Embedding(msgspec.Struct, frozen=True):
    embedding: tuple[float, ...] | str
    index: int | None = None


class _Answer(msgspec.Struct, frozen=True):
    data: list[_Embedding] | None = None
    model: str | None = None
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


_decoder = SparingDecoder(_Answer)


def read_embeddings_request(body: bytes) -> EmbeddingsRequest:
    """A text, texts, tokens, or lists of tokens. Raises InvalidInput."""
    fields = Fields.of_body(body)
    encoding = fields.text("encoding_format") or "float"
    if encoding not in {"float", "base64"}:
        raise fields.wrong("encoding_format", "must be float or base64")
    inputs, tokens = _read_input(fields)
    return EmbeddingsRequest(
        model=fields.model(),
        inputs=inputs,
        tokens=tokens,
        dimensions=fields.integer("dimensions"),
        encoding="base64" if encoding == "base64" else "float",
        user=fields.text("user"),
        extra=fields.rest(_NAME, _KNOWN),
    )


def _read_input(fields: Fields) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    value = fields.value("input")
    if isinstance(value, str):
        return (value,), ()
    if isinstance(value, list) and value:
        if all(isinstance(entry, str) for entry in value):
            return tuple(cast("list[str]", value)), ()
        if _are_tokens(value):
            return (), (tuple(cast("list[int]", value)),)
        if all(isinstance(entry, list) and entry and _are_tokens(entry) for entry in value):
            return (), tuple(tuple(entry) for entry in cast("list[list[int]]", value))
    raise fields.wrong("input", "must be a string, an array of strings, an array of token numbers, or arrays of those")


def _are_tokens(values: list[JsonValue]) -> bool:
    return all(isinstance(entry, int) and not isinstance(entry, bool) for entry in values)


def write_embeddings_request(request: EmbeddingsRequest) -> Written:
    """Always an array. Raises Unsupported for texts and tokens in one request."""
    if request.inputs and request.tokens:
        raise Unsupported.of("input", "texts and tokens cannot be embedded in one request")
    body: dict[str, JsonValue] = {
        "model": request.model,
        "input": list(request.inputs) if request.inputs else [list(tokens) for tokens in request.tokens],
    }
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    if request.encoding != "float":
        body["encoding_format"] = request.encoding
    if request.user is not None:
        body["user"] = request.user
    for name, value in request.extra.get(_NAME, {}).items():
        body.setdefault(name, value)
    dropped = (f"extra.{name}" for dialect, extra in request.extra.items() if dialect != _NAME for name in extra)
    return Written(msgspec.json.encode(body), tuple(dropped))


def read_embeddings_response(body: bytes) -> EmbeddingsResponse:
    """Vectors in the order of the inputs, however they are encoded. Raises UpstreamError as ``read_response`` does."""
    try:
        answer = _decoder.decode(body)
        if answer.data is not None and not is_said(answer.error):
            places = enumerate(answer.data)
            ordered = sorted(places, key=lambda entry: entry[0] if entry[1].index is None else entry[1].index)
            return EmbeddingsResponse(
                model=answer.model or "",
                vectors=tuple(_read_vector(entry.embedding) for _, entry in ordered),
                usage=read_usage(answer.usage),
            )
    except (*BROKEN_JSON, NotBase64, ValueError):
        pass
    error = read_error_object(decode(body))
    said = error.message is not None or error.code is not None
    raise UpstreamError(
        "The provider answered with an error." if said else MALFORMED,
        kind=classify(None, error) if said else "malformed",
        status=error.status,
        detail=error.message,
        upstream_code=error.code or error.type,
    )


def write_embeddings_response(response: EmbeddingsResponse, request: EmbeddingsRequest) -> bytes:
    """A list of vectors, as numbers or as base64 of little-endian 32-bit floats, as ``request`` asked."""
    usage = response.usage or Usage()
    return msgspec.json.encode(
        {
            "object": "list",
            "data": [
                {
                    "object": "embedding",
                    "index": index,
                    "embedding": _write_vector(vector) if request.encoding == "base64" else vector,
                }
                for index, vector in enumerate(response.vectors)
            ],
            "model": response.model,
            "usage": {"prompt_tokens": usage.input, "total_tokens": usage.total},
        }
    )


def _read_vector(embedding: tuple[float, ...] | str) -> tuple[float, ...]:
    if not isinstance(embedding, str):
        return embedding
    floats = array("f")
    floats.frombytes(b64decode(embedding, validate=True))
    if sys.byteorder == "big":
        floats.byteswap()
    return tuple(floats)


def _write_vector(vector: tuple[float, ...]) -> str:
    floats = array("f", vector)
    if sys.byteorder == "big":
        floats.byteswap()
    return b64encode(floats.tobytes()).decode()
