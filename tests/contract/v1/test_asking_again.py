"""What SDKs do after our own attempts are spent: nothing, unless the provider has said when to come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.contract.v1.test_faults import GOOD
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, in_turn, whole
from trunkline.core.errors import Conflict, Unavailable
from trunkline.dialects import openai_chat
from trunkline.faces.v1.errors import write_error
from trunkline.gateway.routing import retry

BUSY = json.dumps({"error": {"message": "Overloaded.", "type": "server_error"}}).encode()
MESSAGES: Any = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entries = [
        configuration(name, "custom", model="m", base_url=upstream.url, api_key="sk-aaaaaaaaaaaaaaaaaaaa", shared=True)
        for name in ("up", "also")
    ]
    with CallServer(entries, routes=[route("both", "up", "also")]).serve() as running:
        yield running


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch, upstream: Scripted) -> None:
    monkeypatch.setattr(retry, "BASE_SECONDS", 0.0)
    upstream.asked.clear()


def failing(status: str, more: str = "") -> scripted.Script:
    return whole(BUSY, status=status, more=more)


@pytest.mark.parametrize("status", ["500 X", "502 X", "503 X", "504 X"])
def test_the_sdks_do_not_multiply_our_attempts(bare: CallServer, upstream: Scripted, status: str) -> None:
    upstream.script = failing(status)
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=3) as client:
        with pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(model="up", messages=MESSAGES)
    assert caught.value.response.headers["x-should-retry"] == "false"
    first = len(upstream.asked)
    assert first <= retry.MAX_ATTEMPTS
    with anthropic.Anthropic(base_url=bare.url, api_key=KEY, max_retries=3) as other:
        with pytest.raises(anthropic.APIStatusError):
            other.messages.create(model="up", max_tokens=9, messages=MESSAGES)
    assert len(upstream.asked) == 2 * first


def test_all_targets_failed(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = failing("503 X")
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=3) as client:
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model="both", messages=MESSAGES)
    assert len(upstream.asked) <= 2 * retry.MAX_ATTEMPTS


def test_who_is_told_when_to_come_back_may(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = failing("429 X", "retry-after: 30\r\n")
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="up", messages=MESSAGES)
    assert caught.value.response.headers["retry-after"] == "30"
    assert "x-should-retry" not in caught.value.response.headers


def test_what_is_never_tried_again_needs_no_word(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = failing("400 X")
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=3) as client:
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model="up", messages=MESSAGES)
    assert "x-should-retry" not in caught.value.response.headers
    assert len(upstream.asked) == 1


def test_the_providers_own_word_counts(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = in_turn(failing("500 X", "x-should-retry: false\r\n"), whole(GOOD))
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=3) as client:
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model="up", messages=MESSAGES)
        assert len(upstream.asked) == 1
        assert client.chat.completions.create(model="up", messages=MESSAGES).choices


def test_a_provider_that_promises_is_not_repeated(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = failing("503 X", "x-should-retry: true\r\n")
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        with pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(model="up", messages=MESSAGES)
    assert caught.value.response.headers["x-should-retry"] == "false"


def test_errors_of_our_own() -> None:
    def headers(error: Exception) -> dict[bytes, bytes]:
        return dict(write_error(openai_chat.DIALECT, error, "r").headers)  # type: ignore[arg-type]

    assert b"x-should-retry" not in headers(Unavailable("The disk is full."))
    assert headers(Conflict("It is taken."))[b"x-should-retry"] == b"false"
