"""Embeddings, both ways."""

from __future__ import annotations

from array import array
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse
from tests.strategies import chat

from trunkline.core.chat import Usage
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.openai_chat import DIALECT

REQUESTS = st.builds(
    EmbeddingsRequest,
    model=chat.models,
    inputs=st.lists(chat.texts(), min_size=1, max_size=3).map(tuple),
    dimensions=chat.maybe(st.integers(1, 4096)),
    encoding=st.sampled_from(["float", "base64"]),
    user=chat.maybe(chat.texts()),
    extra=st.just({}) | st.just({"openai_chat": {"input_type": "query"}}),
) | st.builds(
    EmbeddingsRequest,
    model=chat.models,
    tokens=st.lists(st.lists(st.integers(0, 10**5), min_size=1, max_size=4).map(tuple), min_size=1, max_size=3).map(
        tuple
    ),
)

RESPONSES = st.builds(
    EmbeddingsResponse,
    model=chat.models,
    vectors=st.lists(st.lists(chat.finite, min_size=1, max_size=5).map(tuple), min_size=1, max_size=4).map(tuple),
    usage=st.integers(0, 1000).map(lambda count: Usage(input=count)),
)


def read(**fields: Any) -> EmbeddingsRequest:
    return DIALECT.read_embeddings_request(msgspec.json.encode({"model": "m", **fields}))


@settings(max_examples=60, deadline=None)
@given(REQUESTS)
def test_requests(request_: EmbeddingsRequest) -> None:
    assert DIALECT.read_embeddings_request(DIALECT.write_embeddings_request(request_).body) == request_


@settings(max_examples=60, deadline=None)
@given(RESPONSES, st.sampled_from(["float", "base64"]))
def test_responses(response: EmbeddingsResponse, encoding: Any) -> None:
    body = DIALECT.write_embeddings_response(response, EmbeddingsRequest(model="m", encoding=encoding))
    assert DIALECT.read_embeddings_response(body) == response
    if encoding == "float":
        CreateEmbeddingResponse.model_validate_json(body)


@pytest.mark.parametrize(
    ("given_", "inputs", "tokens"),
    [
        ("a", ("a",), ()),
        (["a", "b"], ("a", "b"), ()),
        ([1, 2], (), ((1, 2),)),
        ([[1], [2, 3]], (), ((1,), (2, 3))),
    ],
)
def test_shapes_of_input(given_: Any, inputs: Any, tokens: Any) -> None:
    request = read(input=given_)
    assert (request.inputs, request.tokens) == (inputs, tokens)


@pytest.mark.parametrize("given_", [None, [], 5, ["a", 1], [[]], [True], [["a"]], {"x": 1}])
def test_other_shapes_are_refused(given_: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^input: must be"):
        read(input=given_)


def test_wrong_fields_are_named() -> None:
    with pytest.raises(InvalidInput, match="encoding_format"):
        read(input="a", encoding_format="int8")
    with pytest.raises(InvalidInput, match="dimensions"):
        read(input="a", dimensions="many")


def test_what_cannot_be_said() -> None:
    with pytest.raises(Unsupported):
        DIALECT.write_embeddings_request(EmbeddingsRequest(model="m", inputs=("a",), tokens=((1,),)))
    request = EmbeddingsRequest(model="m", inputs=("a",), extra={"gemini": {"taskType": "X"}})
    assert DIALECT.write_embeddings_request(request).dropped == ("extra.taskType",)


def test_base64_is_written_when_asked_for() -> None:
    response = EmbeddingsResponse(model="m", vectors=((1.0, -2.0),))
    body = DIALECT.write_embeddings_response(response, EmbeddingsRequest(model="m", encoding="base64"))
    assert msgspec.json.decode(body)["data"] == [{"object": "embedding", "index": 0, "embedding": "AACAPwAAAMA="}]


def test_vectors_come_in_the_order_of_their_index() -> None:
    floats = b64encode(array("f", [0.5]).tobytes()).decode()
    body = {"data": [{"index": 1, "embedding": [1.0]}, {"index": 0, "embedding": floats}], "model": "m"}
    response = DIALECT.read_embeddings_response(msgspec.json.encode(body))
    assert response.vectors == ((0.5,), (1.0,))
    assert response.usage is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "malformed"),
        (b"{}", "malformed"),
        (b'{"data":[{"embedding":"%%%"}]}', "malformed"),
        (b'{"data":[{"embedding":"QQ=="}]}', "malformed"),
        (b'{"data":[{"embedding":[null]}]}', "malformed"),
        (b'{"error":{"message":"x","code":429}}', "rate_limit"),
    ],
)
def test_answers_that_are_none(body: bytes, kind: str) -> None:
    with pytest.raises(UpstreamError) as raised:
        DIALECT.read_embeddings_response(body)
    assert raised.value.kind == kind
