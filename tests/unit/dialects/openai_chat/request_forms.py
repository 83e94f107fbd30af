"""A request in OpenAI's chat dialect, read and written."""

from __future__ import annotations

from typing import Any

import msgspec

from trunkline.core.chat import (
    ChatRequest,
    Message,
)
from trunkline.dialects.openai_chat import DIALECT, OpenAIChat, WireOptions

from .fixtures import load


def read(name: str) -> ChatRequest:
    return DIALECT.read_request(load(f"requests/{name}.json"))


def write(request: ChatRequest, **options: Any) -> dict[str, Any]:
    return msgspec.json.decode(OpenAIChat(WireOptions(**options)).write_request(request).body)


def dropped(request: ChatRequest, **options: Any) -> tuple[str, ...]:
    return OpenAIChat(WireOptions(**options)).write_request(request).dropped


def said(*parts: Any, role: Any = "user") -> ChatRequest:
    return ChatRequest(model="m", messages=(Message(role, parts),))
