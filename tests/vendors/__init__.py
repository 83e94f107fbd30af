"""The vendors as strict as they are: what each would refuse of a request that leaves for it.

Types come from the vendors' own SDKs; what their documentation says beside is a table of rules, each with its link.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote

from tests.vendors import (
    anthropic_messages,
    bedrock,
    deepseek,
    gemini,
    groq,
    mistral,
    ollama,
    openai_chat,
    openai_responses,
)
from tests.vendors.rule import Rule, Sent, break_rules

RULES: dict[str, tuple[Rule, ...]] = {
    "anthropic": anthropic_messages.RULES,
    "openai_chat": openai_chat.RULES,
    "openai_responses": openai_responses.RULES,
    "gemini": gemini.RULES,
    "bedrock": bedrock.RULES,
    "mistral": mistral.RULES,
    "deepseek": deepseek.RULES,
    "groq": groq.RULES,
    "ollama": ollama.RULES,
}

_OPENAI = ("openai", "azure-openai")
_COMPATIBLE = {"mistral": mistral.check, "deepseek": deepseek.check, "groq": groq.check}
"""Servers of OpenAI's wire with rules of their own."""

_MISTRAL = "stral-"


def check(provider: str, path: str, raw: bytes) -> list[str]:
    """Why the vendor behind ``provider`` would refuse this request for an answer; empty when it would not.

    ``provider`` is empty where only the wire is known. What is no request for an answer is not looked at.
    """
    path = path.partition("?")[0]
    try:
        body = json.loads(raw)
    except ValueError:
        return ["the body is no JSON"] if raw.startswith(b"{") else []
    if not isinstance(body, dict):
        return []
    sent = Sent(provider, str(body.get("model", "")), path, body)
    if path.endswith("/messages"):
        return anthropic_messages.check(sent)
    if path.endswith("/responses"):
        return openai_responses.check(sent)
    if path.endswith(("/converse", "/converse-stream")):
        return bedrock.check(_named(sent))
    if path.endswith((":generateContent", ":streamGenerateContent")):
        return gemini.check(_named(sent))
    if path.endswith("/api/chat"):
        return ollama.check(sent)
    if path.endswith("/chat/completions"):
        if provider in _COMPATIBLE:
            return _COMPATIBLE[provider](sent)
        if provider in _OPENAI:
            return openai_chat.check(sent)
        return openai_chat.check_compatible(sent) + (
            break_rules((mistral.ORDER,), sent) if _MISTRAL in sent.model else []
        )
    return []


def _named(sent: Sent) -> Sent:
    """With the model that the path names."""
    if "/model/" in sent.path:
        name = sent.path.rpartition("/model/")[2].rpartition("/")[0]
    else:
        name = sent.path.rpartition("/models/")[2].rpartition(":")[0]
    return replace(sent, model=unquote(name))
