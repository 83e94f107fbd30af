"""Numbers at and beyond the edges of int64 and float64: a 400 that names the field, never a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import configuration
from tests.contract.v1.test_bad_input import ask

HUGE = ["1e24", "-1e24", "1e308", "9223372036854775808", "-9223372036854775809", "1" + "0" * 30, "1" + "0" * 400, "NaN"]

CHAT = '{"model": "demo", "messages": [{"role": "user", "content": "hi"}], "%s": %s}'
MESSAGES = '{"model": "demo", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], "%s": %s}'
RESPONSES = '{"model": "demo", "input": "hi", "%s": %s}'
GEMINI = '{"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "generationConfig": {"%s": %s}}'

FIELDS = [
    *[
        ("/v1/chat/completions", CHAT, name)
        for name in ("temperature", "top_p", "max_tokens", "seed", "n", "presence_penalty", "top_logprobs")
    ],
    *[("/v1/messages", MESSAGES, name) for name in ("temperature", "top_p", "top_k")],
    *[("/v1/responses", RESPONSES, name) for name in ("temperature", "top_p", "max_output_tokens")],
    *[
        ("/v1beta/models/demo:generateContent", GEMINI, name)
        for name in ("temperature", "topP", "topK", "maxOutputTokens", "seed", "presencePenalty")
    ],
]


@pytest.fixture(scope="module")
def bare() -> Iterator[CallServer]:
    # Speaks another dialect than any of the clients, so that every field is read.
    configurations = [configuration("demo", "ollama", model="llama3", base_url="http://127.0.0.1:9")]
    with CallServer(configurations).serve() as running:
        yield running


@pytest.mark.parametrize("value", HUGE, ids=[value[:12] for value in HUGE])
@pytest.mark.parametrize(("path", "body", "name"), FIELDS, ids=[f"{path} {name}" for path, _, name in FIELDS])
def test_a_number_that_nothing_can_hold_is_refused_by_name(
    bare: CallServer, path: str, body: str, name: str, value: str
) -> None:
    response, told = ask(bare, (body % (name, value)).encode(), path=path)
    assert response.status == 400, told
    text = json.dumps(told)
    assert name in text or "not valid JSON" in text
