"""Embeddings."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import Usage
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.ollama import DIALECT

from .fixture import fixture


def test_one_text_or_many() -> None:
    single = DIALECT.read_embeddings_request(fixture("embeddings/single.json"))
    assert single == EmbeddingsRequest(model="all-minilm", inputs=("Why is the sky blue?",))
    many = DIALECT.read_embeddings_request(fixture("embeddings/many.json"))
    assert (many.dimensions, len(many.inputs)) == (64, 2)
    assert many.extra == {"ollama": {"truncate": False, "keep_alive": "5m"}}
    for request in (single, many):
        assert DIALECT.read_embeddings_request(DIALECT.write_embeddings_request(request).body) == request


def test_what_is_left_out_is_listed_and_tokens_are_refused() -> None:
    request = EmbeddingsRequest(model="m", inputs=("a",), user="u", extra={"gemini": {"taskType": "X"}})
    assert DIALECT.write_embeddings_request(request).dropped == ("user", "extra.taskType")
    with pytest.raises(Unsupported):
        DIALECT.write_embeddings_request(EmbeddingsRequest(model="m", tokens=((1,),)))


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"{}", "model"), (b'{"model":"","input":"a"}', "model"), (b'{"model":"m","input":[1]}', "input.0")],
)
def test_a_wrong_request_names_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_embeddings_request(body)
    assert caught.value.fields[0].field == field


def test_answers() -> None:
    response = DIALECT.read_embeddings_response(fixture("embeddings/answer.json"))
    assert response == EmbeddingsResponse(
        model="all-minilm",
        vectors=((0.010071029, -0.0017594862), (-0.0098027, 0.06042469)),
        usage=Usage(input=8),
    )
    request = EmbeddingsRequest(model="all-minilm", inputs=("a", "b"))
    written = DIALECT.write_embeddings_response(response, request)
    assert DIALECT.read_embeddings_response(written) == response
    assert "total_duration" not in msgspec.json.decode(written)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"embeddings":[["x"]]}', b'{"error":"no"}'])
def test_what_is_no_answer_is_an_error(body: bytes) -> None:
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_embeddings_response(body)
    assert caught.value.kind == ("server" if b"error" in body else "malformed")
