from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.providers import find, make_endpoint
from trunkline.providers.model_list import list_models
from trunkline.providers.ollama import PullProgress, pull, show

from .fakes import FakeTransport, reply

ENDPOINT = make_endpoint(find("ollama"), None, None)


def lines(*entries: dict) -> bytes:
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


DOWNLOAD = lines(
    {"status": "pulling manifest"},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 100},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 100, "completed": 60},
    {"status": "pulling bbb", "digest": "sha256:bbb", "total": 50, "completed": 10},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 100, "completed": 100},
    {"status": "pulling bbb", "digest": "sha256:bbb", "total": 50, "completed": 50},
    {"status": "verifying sha256 digest"},
    {"status": "success"},
)


async def progress(*answers: object) -> list[PullProgress]:
    transport = FakeTransport(*answers)
    return [step async for step in pull(ENDPOINT, transport, "llama3.2")]


async def test_lists_what_is_installed() -> None:
    entry = {
        "name": "llama3.2:latest",
        "model": "llama3.2:latest",
        "modified_at": "2025-05-04T17:37:44+00:00",
        "size": 2019393189,
        "digest": "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72",
        "details": {"family": "llama", "parameter_size": "3.2B", "quantization_level": "Q4_K_M"},
    }
    transport = FakeTransport(reply({"models": [entry, {"name": "nomic-embed-text:latest"}, {}]}))
    llama, embedder = await list_models(ENDPOINT, transport)
    assert transport.targets == ["/api/tags"]
    assert (llama.id, llama.version, llama.created) == ("llama3.2:latest", "a80c4f17acd5", 1746380264)
    assert llama.details == {
        "sizeBytes": 2019393189,
        "family": "llama",
        "parameterSize": "3.2B",
        "quantization": "Q4_K_M",
        "modifiedAt": "2025-05-04T17:37:44+00:00",
    }
    assert embedder.only_embeds


async def test_shows_what_a_model_can_do() -> None:
    answer = {
        "details": {"family": "llama", "parameter_size": "8B"},
        "model_info": {"general.architecture": "llama", "llama.context_length": 8192},
        "capabilities": ["completion", "tools", "thinking"],
    }
    transport = FakeTransport(reply(answer))
    model = await show(ENDPOINT, transport, "llama3")
    assert transport.body() == {"model": "llama3"}
    assert model.context_length == 8192
    assert model.capabilities == ("text", "tools", "reasoning")


class TestPull:
    async def test_sums_bytes_over_layers(self) -> None:
        transport = FakeTransport(reply(DOWNLOAD))
        steps = [step async for step in pull(ENDPOINT, transport, "llama3.2")]
        assert transport.body() == {"model": "llama3.2", "stream": True}
        assert transport.targets == ["/api/pull"]
        assert transport.timeouts[0].total > 3600
        assert [(step.completed, step.total) for step in steps] == [
            (0, 0),
            (0, 100),
            (60, 100),
            (70, 150),
            (110, 150),
            (150, 150),
            (150, 150),
            (150, 150),
        ]
        assert steps[-1].status == "success"

    async def test_never_goes_backwards(self) -> None:
        body = lines(
            {"status": "pulling", "digest": "a", "total": 100, "completed": 90},
            {"status": "pulling", "digest": "a", "total": 100, "completed": 10},
            {"status": "pulling", "digest": "a"},
            {"status": "success"},
        )
        steps = await progress(reply(body))
        assert [step.completed for step in steps] == [90, 90, 90, 90]
        assert [step.total for step in steps] == [100, 100, 100, 100]

    async def test_an_error_line_is_an_error(self) -> None:
        body = lines({"status": "pulling manifest"}, {"error": "pull model manifest: file does not exist"})
        with pytest.raises(UpstreamError, match="could not download the model: pull model manifest"):
            await progress(reply(body))

    @pytest.mark.parametrize("body", [b"", lines({"status": "pulling"}), b"nonsense\n", b"[]\n", b'{"status":'])
    async def test_what_does_not_succeed_is_an_error(self, body: bytes) -> None:
        with pytest.raises(UpstreamError) as caught:
            await progress(reply(body))
        assert caught.value.kind == "malformed"

    async def test_an_unknown_model_is_not_found(self) -> None:
        with pytest.raises(UpstreamError) as caught:
            await progress(reply({"error": "model not found"}, 404))
        assert caught.value.kind == "not_found"

    async def test_a_model_must_be_named(self) -> None:
        with pytest.raises(InvalidInput, match="name the model"):
            [step async for step in pull(ENDPOINT, FakeTransport(), " ")]

    async def test_closing_it_stops_the_download(self) -> None:
        answer = reply([DOWNLOAD[:100], DOWNLOAD[100:]])
        steps = pull(ENDPOINT, FakeTransport(answer), "llama3.2")
        await anext(steps)
        await steps.aclose()
        assert answer.aborted


@given(st.lists(st.integers(1, len(DOWNLOAD) - 1), max_size=6))
async def test_the_same_progress_however_it_is_cut(cuts: list[int]) -> None:
    edges = sorted({0, *cuts, len(DOWNLOAD)})
    pieces = [DOWNLOAD[a:b] for a, b in pairwise(edges)]
    assert await progress(reply(pieces)) == await progress(reply(DOWNLOAD))
