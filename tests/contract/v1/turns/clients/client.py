"""A program that talks through an official SDK, and keeps the conversation as that SDK's documentation shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

import anthropic
import ollama
import openai
from google import genai
from google.genai import types

from tests.contract.v1.entries import KEY
from tests.contract.v1.turns.provider import Provider
from tests.contract.v1.turns.scene import RESULTS, Json

SYSTEM: Final = "Be brief."
QUESTION: Final = "What is it like there?"
AGAIN: Final = "And now?"
PARAMETERS: Final[dict[str, Json]] = {
    "get_weather": {
        "type": "object",
        "properties": {"at": {"type": "string"}},
        "required": ["at"],
        "additionalProperties": False,
    },
    "get_time": {"type": "object", "properties": {}, "additionalProperties": False},
}
"""What the tools take, by their names."""


@dataclass(frozen=True)
class Seen:
    """What the SDK makes of an answer: its text, and the calls as (name, arguments)."""

    text: str
    calls: list[tuple[str, Json]]


class Conversation(Protocol):
    """One conversation. ``thinks`` asks for thoughts, ``tools`` whether there are any.

    ``ask`` begins it; ``go_on`` answers the calls, or says something where there were none. Both keep what came, and
    neither changes what a copy of the conversation has kept: one beginning can be gone on with in several ways.
    """

    def ask(self, provider: Provider) -> Seen: ...

    def go_on(self, provider: Provider) -> Seen: ...


@dataclass(frozen=True)
class Setting:
    """How a conversation is held. ``dumped`` keeps plain data where else the SDK's own objects are kept."""

    url: str
    streamed: bool = False
    dumped: bool = False
    tools: bool = True
    thinks: bool = True
    budget: bool = True


@cache
def openai_client(url: str) -> openai.OpenAI:
    """One for all: making them takes longer than a call."""
    return openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)


@cache
def anthropic_client(url: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=url, api_key=KEY, max_retries=0)


@cache
def google_client(url: str) -> genai.Client:
    return genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=url, api_version="v1beta"))


@cache
def ollama_client(url: str) -> ollama.Client:
    return ollama.Client(host=f"{url}/ollama", headers={"authorization": f"Bearer {KEY}"})


def result(place: int) -> str:
    """What the tool of the call at ``place`` answers."""
    return RESULTS[place]
