"""OpenRouter: OpenAI's chat completions with thoughts that are signed.

https://openrouter.ai/docs/use-cases/reasoning-tokens
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tests.contract.v1.matrix.said import Ask, Json, Reply, Thought
from tests.contract.v1.matrix.vendors import openai_chat
from tests.contract.v1.matrix.vendors.openai_chat import FAULTS, OPTIONS, answer, hear_conversation, stream
from tests.contract.v1.matrix.vendors.vendor import known


def hear(body: Json, streamed: bool) -> Ask:
    known(
        body, "model", "messages", "stream", "stream_options", "tools", "tool_choice", "response_format", "reasoning",
        "reasoning_effort", "usage", "store", *OPTIONS,
    )  # fmt: skip
    assert bool(body.get("stream")) == streamed
    wanted = body.get("reasoning") or {}
    effort = wanted.get("effort") or body.get("reasoning_effort") or "none"
    thinks = effort != "none" or bool(wanted.get("max_tokens")) or bool(wanted.get("enabled"))
    return hear_conversation(body, thinks=thinks)


def tell_thought(thought: Thought) -> Json:
    detail: Json = {"type": "reasoning.text", "text": thought.text, "index": 0, "format": "anthropic-claude-v1"}
    if thought.signature:
        detail["signature"] = thought.signature
    return {"reasoning": thought.text, "reasoning_details": [detail]}


def says(reply: Reply) -> Reply:
    """A stop text looks like a natural end."""
    return replace(openai_chat.says(reply), items=reply.items)


VENDOR = replace(
    openai_chat.VENDOR,
    name="openrouter",
    title="OpenAI chat (OpenRouter)",
    provider="openrouter",
    model="anthropic/claude-sonnet-4",
    path=lambda model, streamed: "/api/v1/chat/completions",
    hear=hear,
    answer=partial(answer, tell=tell_thought),
    stream=partial(stream, tell=tell_thought),
    says=says,
    faults=FAULTS,
    base="/api/v1",
)
