"""What calls cost over the wire: by the terms and the model that the answer names, streamed and whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.control.prices.price_list_making import make_price_list
from trunkline.control.prices.prices import PriceBook
from trunkline.core.usage_event import UsageEvent

Json = dict[str, Any]

USED = {"prompt_tokens": 100_000, "completion_tokens": 10_000, "total_tokens": 110_000}
MODELS = {
    "mini": ("openai", "gpt-5-mini", "/v1"),
    "deployment": ("azure-openai", "prod-chat", "/openai/v1"),
    "opus": ("anthropic", "claude-opus-4-8", ""),
    "flash": ("gemini", "gemini-2.5-flash", ""),
}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[CallServer, Scripted]]:
    """A gateway with a configuration of each provider, and the bundled prices."""
    with scripted.start() as upstream:
        configurations = [
            configuration(name, provider, model=model, base_url=upstream.url + path, api_key="sk-test-0123456789abcdef")
            for name, (provider, model, path) in MODELS.items()
        ]
        with CallServer(configurations, prices=PriceBook(make_price_list())).serve() as bare:
            yield bare, upstream


def ask(place: tuple[CallServer, Scripted], path: str, body: Json) -> tuple[httpx2.Response, UsageEvent]:
    bare, _ = place
    headers = {"authorization": f"Bearer {KEY}", "anthropic-version": "2023-06-01"}
    answer = httpx2.post(f"http://127.0.0.1:{bare.port}{path}", json=body, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer, bare.books.last(answer.headers["x-request-id"])


def answer(**fields: Any) -> Json:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": USED,
        **fields,
    }


def chunks(**fields: Any) -> list[bytes]:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", **fields}
    said = {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None}
    events = [
        {**head, "choices": [said]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {**head, "choices": [], "usage": USED},
    ]
    return [*(b"data: %b\n\n" % json.dumps(event).encode() for event in events), b"data: [DONE]\n\n"]


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("client", ["/v1/chat/completions", "/v1/messages"])
@pytest.mark.parametrize(
    ("asked", "told", "dollars"),
    [
        (None, "default", 0.045),
        ("flex", "flex", 0.0225),
        ("priority", "priority", 0.081),
        ("priority", "default", 0.045),
        ("flex", None, 0.0225),
    ],
)
def test_the_answers_tier_decides(
    place: tuple[CallServer, Scripted],
    client: str,
    streamed: bool,
    asked: str | None,
    told: str | None,
    dollars: float,
) -> None:
    fields = {} if told is None else {"service_tier": told}
    place[1].script = stream(*chunks(**fields)) if streamed else whole(json.dumps(answer(**fields)).encode())
    body: Json = {"model": "mini", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], "stream": streamed}
    if client == "/v1/chat/completions":
        body["service_tier"] = asked
    elif told is None:
        dollars = 0.045  # Anthropic's wire asks for no such tier
    _, event = ask(place, client, body)
    assert event.cost_nanos == round(dollars * 1e9)
    assert event.price_missing == ()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_deployment_costs_what_the_model_that_answers_costs(
    place: tuple[CallServer, Scripted], streamed: bool
) -> None:
    named = {"model": "gpt-4o-2024-08-06"}
    place[1].script = stream(*chunks(**named)) if streamed else whole(json.dumps(answer(**named)).encode())
    body: Json = {"model": "deployment", "messages": [{"role": "user", "content": "hi"}], "stream": streamed}
    _, event = ask(place, "/v1/chat/completions", body)
    assert event.cost_nanos == 350_000_000  # 100,000 x $2.50 + 10,000 x $10 per million


def test_a_tier_without_a_known_price_is_named(place: tuple[CallServer, Scripted]) -> None:
    place[1].script = whole(json.dumps(answer(service_tier="scale")).encode())
    got, event = ask(place, "/v1/chat/completions", {"model": "mini", "messages": [{"role": "user", "content": "hi"}]})
    assert "x-trunkline-cost-usd" not in got.headers
    assert got.headers["x-trunkline-price-missing"] == "serviceTier"
    assert (event.cost_nanos, event.price_missing, event.usage.tier) == (None, ("serviceTier",), "scale")


@pytest.mark.parametrize("client", ["/v1/chat/completions", "/v1/messages"])
def test_fast_mode_in_the_united_states(place: tuple[CallServer, Scripted], client: str) -> None:
    used = {
        "input_tokens": 1000,
        "output_tokens": 100,
        "service_tier": "standard",
        "speed": "fast",
        "inference_geo": "us",
    }
    said = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-4-8",
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {**used, "server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 0}},
    }
    place[1].script = whole(json.dumps(said).encode())
    body: Json = {"model": "opus", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    _, event = ask(place, client, body)
    assert event.cost_nanos == 26_500_000  # (1,000 x $10 + 100 x $50 per million) x 1.1, and a search


@pytest.mark.parametrize("client", ["/v1/chat/completions", "/v1beta/models/flash:generateContent"])
def test_a_grounded_answer_of_an_urgent_call(place: tuple[CallServer, Scripted], client: str) -> None:
    grounding = {
        "webSearchQueries": ["a", "b"],
        "groundingChunks": [{"web": {"uri": "https://a.example", "title": "a"}}],
    }
    said = {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "Hi"}]},
                "finishReason": "STOP",
                "groundingMetadata": grounding,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 1000,
            "candidatesTokenCount": 100,
            "totalTokenCount": 1100,
            "serviceTier": "priority",
        },
        "modelVersion": "gemini-2.5-flash",
    }
    place[1].script = whole(json.dumps(said).encode())
    body: Json = {"model": "flash", "messages": [{"role": "user", "content": "hi"}]}
    if "v1beta" in client:
        body = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    _, event = ask(place, client, body)
    assert event.cost_nanos == 35_990_000  # (1,000 x $0.30 + 100 x $2.50 per million) x 1.8, and one grounded prompt
