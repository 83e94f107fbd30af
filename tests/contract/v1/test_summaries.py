"""A client of responses that asks for a summary gets the thoughts of any provider as one, and its next turn works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole

CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "look", "arguments": "{}"}}
TOOLS: Any = [{"type": "function", "name": "look", "strict": False, "parameters": {"type": "object", "properties": {}}}]
MODELS = {"deepseek": "deepseek-v4-pro", "groq": "openai/gpt-oss-120b", "mistral": "mistral-small-latest"}


def answer(**said: Any) -> bytes:
    message = {"role": "assistant", "content": None, **said}
    reason = "tool_calls" if "tool_calls" in said else "stop"
    return json.dumps(
        {"id": "c", "model": "m", "choices": [{"index": 0, "finish_reason": reason, "message": message}]}
    ).encode()


def pieces(*deltas: dict[str, Any]) -> Iterator[bytes]:
    for place, delta in enumerate(deltas):
        reason = "tool_calls" if place == len(deltas) - 1 else None
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        yield b"data: %b\n\n" % json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode()
    yield b"data: [DONE]\n\n"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entries = [
        configuration(provider, provider, model=model, base_url=upstream.url, api_key="sk-x", shared=True)
        for provider, model in MODELS.items()
    ]
    with CallServer(entries).serve() as bare:
        yield bare


@pytest.fixture(scope="module")
def client(bare: CallServer) -> openai.OpenAI:
    return openai.OpenAI(api_key=KEY, base_url=f"{bare.url}/v1", max_retries=0)


@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize("streamed", [False, True])
def test_both_turns(client: openai.OpenAI, upstream: Scripted, provider: str, streamed: bool) -> None:
    asked: dict[str, Any] = {"model": provider, "tools": TOOLS, "reasoning": {"effort": "high", "summary": "auto"}}
    history: list[Any] = [{"role": "user", "content": "Weather?"}]
    if streamed:
        upstream.script = stream(
            *pieces({"reasoning_content": "I "}, {"reasoning_content": "look."}, {"tool_calls": [{**CALL, "index": 0}]})
        )
        with client.responses.stream(input=history, **asked) as events:
            deltas = [event.delta for event in events if event.type == "response.reasoning_summary_text.delta"]
            given = events.get_final_response()
        assert deltas == ["I ", "look."]
    else:
        upstream.script = whole(answer(reasoning_content="I look.", tool_calls=[CALL]))
        raw = client.responses.with_raw_response.create(input=history, **asked)
        assert "reasoning.summary" not in raw.headers.get("x-trunkline-dropped", "")
        given = raw.parse()
    thought, call = given.output
    assert thought.type == "reasoning"
    assert [piece.text for piece in thought.summary] == ["I look."]
    assert call.type == "function_call"
    history += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in given.output]
    history.append({"type": "function_call_output", "call_id": call.call_id, "output": "21"})
    upstream.asked.clear()
    upstream.script = whole(answer(content="Warm."))
    assert client.responses.create(input=history, **asked).output_text == "Warm."
    assert "I look." in json.dumps(json.loads(upstream.asked[0].body)["messages"][1])
