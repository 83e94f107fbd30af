from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import UpstreamError
from trunkline.core.secret import Secret
from trunkline.providers import find, make_endpoint
from trunkline.providers.model_info import ModelInfo, guess_capabilities
from trunkline.providers.model_list import list_models
from trunkline.providers.openai_models import read_openai_models

from .fakes import FakeTransport, reply

OPENAI = make_endpoint(find("openai"), None, Secret("sk-test"))


async def test_openais_own_list() -> None:
    entry = {"id": "gpt-4o", "object": "model", "created": 1715367049, "owned_by": "system"}
    transport = FakeTransport(reply({"object": "list", "data": [entry]}))
    assert await list_models(OPENAI, transport) == [
        ModelInfo(id="gpt-4o", name="gpt-4o", owned_by="system", created=1715367049, capabilities=("text",))
    ]
    assert transport.requests[0].method == "GET"
    assert str(transport.requests[0].url) == "https://api.openai.com/v1/models"
    assert ("authorization", "Bearer sk-test") in transport.requests[0].headers


@pytest.mark.parametrize(
    ("entry", "context"),
    [
        ({"id": "m", "context_window": 131_072}, 131_072),  # Groq
        ({"id": "m", "max_context_length": 32_768}, 32_768),  # Mistral
        ({"id": "m", "max_model_len": 4096}, 4096),  # vLLM
        ({"id": "m", "context_length": 8192}, 8192),  # Together, Fireworks
        ({"id": "m", "meta": {"n_ctx_train": 2048}}, 2048),  # llama.cpp
        ({"id": "m", "context_length": 0}, None),
        ({"id": "m", "context_length": None}, None),
    ],
)
def test_context_lengths_by_every_name(entry: dict, context: int | None) -> None:
    (model,) = read_openai_models({"data": [entry]})
    assert model.context_length == context


def test_a_bare_list_is_a_list_too() -> None:
    models = read_openai_models([{"id": "a", "type": "embedding"}, {"id": "b", "type": "chat", "display_name": "B"}])
    assert [(model.id, model.name, model.capabilities) for model in models] == [
        ("a", "a", ("embeddings",)),
        ("b", "B", ("text",)),
    ]


@pytest.mark.parametrize("answer", [{}, None, [], {"data": None}, {"data": {"a": 1}}, {"data": [None, 1, {}]}, "text"])
def test_what_holds_no_models_holds_none(answer: object) -> None:
    assert read_openai_models(answer) == []


def test_mistrals_capabilities() -> None:
    said = {"completion_chat": True, "function_calling": True, "vision": True}
    (model,) = read_openai_models({"data": [{"id": "m", "capabilities": said}]})
    assert model.capabilities == ("text", "vision", "tools")


@pytest.mark.parametrize("status", [404, 405])
async def test_a_server_without_a_list_has_no_models(status: int) -> None:
    assert await list_models(OPENAI, FakeTransport(reply(b"Not Found", status))) == []


async def test_a_refused_key_is_an_error_without_the_key() -> None:
    body = {"error": {"message": "Incorrect API key provided: sk-canary0123456789.", "code": "invalid_api_key"}}
    with pytest.raises(UpstreamError) as caught:
        await list_models(OPENAI, FakeTransport(reply(body, 401)))
    assert (caught.value.kind, caught.value.status, caught.value.provider) == ("auth", 401, "openai")
    assert "canary" not in f"{caught.value} {caught.value.detail}"


async def test_a_redirect_is_not_followed() -> None:
    transport = FakeTransport(reply(b"", 302, [("location", "https://evil.example")]))
    with pytest.raises(UpstreamError, match=r"redirect \(302\)") as caught:
        await list_models(OPENAI, transport)
    assert caught.value.kind == "malformed"
    assert len(transport.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff"])
async def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(UpstreamError, match="did not answer in JSON") as caught:
        await list_models(OPENAI, FakeTransport(reply(body)))
    assert caught.value.kind == "malformed"


async def test_a_provider_without_a_list_is_not_asked() -> None:
    cohere = make_endpoint(find("cohere"), None, Secret("key"))
    assert await list_models(cohere, FakeTransport()) == []


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-4o-mini", "text"),
        ("text-embedding-3-small", "embeddings"),
        ("nomic-embed-text:latest", "embeddings"),
        ("BAAI/bge-m3", "embeddings"),
        ("dall-e-3", "image"),
        ("gpt-image-1", "image"),
        ("whisper-1", "audio"),
        ("gpt-4o-mini-tts", "audio"),
        ("omni-moderation-latest", "moderation"),
        ("llama-3.3-70b", "text"),
    ],
)
def test_names_tell_what_models_do(model: str, expected: str) -> None:
    assert guess_capabilities(model) == (expected,)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "name", "data", "architecture", "capabilities", "created", "meta", "type"]), inner
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_answer_breaks_the_reader(answer: object) -> None:
    assert all(model.id for model in read_openai_models(answer))
