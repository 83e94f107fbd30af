"""Embeddings, one by one and in batches."""

from __future__ import annotations

import msgspec
import pytest
from google.genai import types

from trunkline.core.chat import Usage
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.gemini import DIALECT

from .fixture import fixture

SINGLE = EmbeddingsRequest(
    model="gemini-embedding-001",
    inputs=("Hello",),
    dimensions=768,
    extra={"gemini": {"taskType": "RETRIEVAL_QUERY"}},
)


def test_a_single_request_is_read() -> None:
    assert DIALECT.read_embeddings_request(fixture("embeddings/single.json")) == SINGLE


def test_a_batch_keeps_what_differs_between_its_requests() -> None:
    body = fixture("embeddings/batch.json")
    request = DIALECT.read_embeddings_request(body)
    assert (request.model, request.inputs) == ("gemini-embedding-001", ("Hello", "World"))
    assert msgspec.json.decode(DIALECT.write_embeddings_request(request).body) == msgspec.json.decode(body)


def test_providers_are_asked_by_batch() -> None:
    written = DIALECT.write_embeddings_request(
        msgspec.structs.replace(SINGLE, user="u", extra={**SINGLE.extra, "ollama": {"truncate": True}})
    )
    assert msgspec.json.decode(written.body) == {
        "requests": [
            {
                "model": "models/gemini-embedding-001",
                "content": {"parts": [{"text": "Hello"}]},
                "taskType": "RETRIEVAL_QUERY",
                "outputDimensionality": 768,
            }
        ]
    }
    assert written.dropped == ("user", "extra.truncate")
    assert DIALECT.read_embeddings_request(written.body) == SINGLE


def test_tokens_are_refused() -> None:
    with pytest.raises(Unsupported):
        DIALECT.write_embeddings_request(EmbeddingsRequest(model="m", tokens=((1, 2),)))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "content"),
        (b'{"requests":[]}', "requests"),
        (b'{"requests":[{"content":{"parts":[{"inlineData":{}}]}}]}', "requests.0.content.parts.0"),
        (b'{"requests":[{"content":{"parts":[]}},{"content":{"parts":[]},"outputDimensionality":3}]}',
         "requests.1.outputDimensionality"),
    ],
)  # fmt: skip
def test_a_wrong_request_names_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_embeddings_request(body)
    assert caught.value.fields[0].field == field


def test_answers_of_both_methods() -> None:
    single = DIALECT.read_embeddings_response(fixture("embeddings/answer_single.json"))
    assert single.vectors == ((0.25, -0.5, 1.0),)
    batch = DIALECT.read_embeddings_response(fixture("embeddings/answer_batch.json"))
    assert batch == EmbeddingsResponse(model="", vectors=((0.25, -0.5), (1.0, 0.125)), usage=Usage(input=4))
    assert DIALECT.read_embeddings_response(DIALECT.write_embeddings_response(batch, SINGLE)) == batch
    body = msgspec.json.decode(DIALECT.write_embeddings_response(single, SINGLE, batch=False))
    assert body == {"embedding": {"values": [0.25, -0.5, 1.0]}}
    types.EmbedContentResponse.model_validate_json(DIALECT.write_embeddings_response(batch, SINGLE))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"embeddings":[{"values":"x"}]}', b'{"error":{"code":429}}'])
def test_what_is_no_answer_is_an_error(body: bytes) -> None:
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_embeddings_response(body)
    assert caught.value.kind == ("rate_limit" if b"429" in body else "malformed")
