"""What a path was meant to be, outside of our own too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.faces.v1.calls import CALLS
from trunkline.faces.v1.nearest import find_nearest


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/chat/completions", "POST /v1/chat/completions"),
        ("/openai/v1/chat/completions", "POST /v1/chat/completions"),
        ("/api/v1/chat/completions", "POST /v1/chat/completions"),
        ("/openai/deployments/gpt-4o/chat/completions", "POST /v1/chat/completions"),
        ("/chat/completions/", "POST /v1/chat/completions"),
        ("/completion", "POST /v1/completions"),
        ("/anthropic/v1/messages", "POST /v1/messages"),
        ("/messages", "POST /v1/messages"),
        ("/messages/count_token", "POST /v1/messages/count_tokens"),
        ("/responses", "POST /v1/responses"),
        ("/embeddings", "POST /v1/embeddings"),
        ("/models", "GET /v1/models"),
        ("/v1/v1/models/m", "GET /v1/models/m"),
        ("/models/m:generateContent", "POST /v1beta/models/m:generateContent"),
        ("/models/vendor/m:streamGenerateContent", "POST /v1beta/models/vendor/m:streamGenerateContent"),
        ("/v2/rerank", "POST /v1/rerank"),
        ("/openai/realtime", "GET /v1/realtime"),
        ("/api/chat", "POST /ollama/api/chat"),
        ("/api/tags", "GET /ollama/api/tags"),
    ],
)
def test_the_nearest(path: str, meant: str) -> None:
    nearest = find_nearest(path)
    assert nearest is not None
    assert f"{nearest.method} {nearest.path}" == meant


@pytest.mark.parametrize("path", ["/", "/v1", "/favicon.ico", "/api/keys/x", "/login", "/v1/nothing/like/it"])
def test_none(path: str) -> None:
    assert find_nearest(path) is None


@pytest.mark.parametrize("path", [path for method, path, _, _ in CALLS if path.startswith("/v1") and "{" not in path])
def test_every_call_is_found_without_its_version_and_with_two(path: str) -> None:
    tail = path.removeprefix("/v1beta").removeprefix("/v1")
    for wrong in (tail, f"/v1{path}", f"{path}/", f"/proxy{path}"):
        nearest = find_nearest(wrong)
        assert nearest is not None
        assert nearest.path == f"/v1{tail}"


@given(st.text(max_size=400))
def test_any_text_is_a_path(text: str) -> None:
    find_nearest(f"/{text}")
