"""Odd requests of every client wire, to every provider: what leaves is what the vendor takes, or the caller is told why
not. They are legal on their own wire, or nearly, and awkward for some vendor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.contract.v1.turns.play import Stage
from tests.contract.v1.turns.provider import PROVIDERS, Provider

REQUESTS: Final = json.loads(Path("tests/fixtures/odd_requests.json").read_text("utf-8"))
PATHS: Final = {
    "chat": "/v1/chat/completions",
    "messages": "/v1/messages",
    "gemini": "/v1beta/models/{model}:generateContent",
    "responses": "/v1/responses",
}
VENDORS: Final = {
    "chat": {"openai", "azure-openai"},
    "messages": {"anthropic"},
    "gemini": {"gemini", "vertex"},
    "responses": {"openai", "azure-openai"},
}
"""Whose wire it is."""

LEFT_TO_ITS_VENDOR: Final = frozenset(
    {
        "an empty list of tools",
        "a choice without tools",
        "no choice, without tools",
        "arguments ''",
        "arguments '{'",
        "tools without parameters",
        "odd stops",
        "many stops",
        "thoughts of others",
        "a picture in a result",
        "a budget above the limit",
        "a schema of bounds",
        "a schema of JSON",
        "reasoning before nothing",
        "a foreign id of an item",
        "fields that are null",
        "a small budget",
    }
)
"""What a vendor refuses of its own wire, and says so itself: such calls pass as they are. Others get it mended."""

EACH: Final = [
    pytest.param(wire, body, provider, id=f"{wire}, {name}, {provider.name}")
    for wire, requests in REQUESTS.items()
    for name, body in requests.items()
    for provider in PROVIDERS.values()
    if name not in LEFT_TO_ITS_VENDOR or provider.id not in VENDORS[wire]
]

SAMPLED: Final = [one for place, one in enumerate(EACH) if place % 8 == 0]
"""Each request with some providers, and each provider with some requests: 8 shares no divisor with their number."""


@pytest.mark.parametrize(("wire", "body", "provider"), EACH)
def test_no_vendor_refuses(stage: Stage, wire: str, body: dict[str, object], provider: Provider) -> None:
    answer = stage.send(provider, PATHS[wire], body)
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert answer.json()["error"]["message"]


@pytest.mark.parametrize(("wire", "body", "provider"), SAMPLED)
def test_no_vendor_refuses_it_streamed(stage: Stage, wire: str, body: dict[str, object], provider: Provider) -> None:
    answer = stage.send(provider, PATHS[wire], body, streamed=True)
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert answer.json()["error"]["message"]
    else:
        assert '"error":{' not in answer.text
