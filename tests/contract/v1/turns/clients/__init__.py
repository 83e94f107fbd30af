"""The official SDKs, each with its ways of keeping a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.contract.v1.turns.clients.anthropic_messages import Messages
from tests.contract.v1.turns.clients.client import Conversation, Setting
from tests.contract.v1.turns.clients.gemini import Chats
from tests.contract.v1.turns.clients.ollama import Ollama
from tests.contract.v1.turns.clients.openai_chat import Chat
from tests.contract.v1.turns.clients.openai_responses import Items, Previous

CLIENTS: Final[dict[str, Callable[[Setting], Conversation]]] = {
    "openai chat": Chat,
    "openai responses, items": Items,
    "openai responses, previous": Previous,
    "anthropic": Messages,
    "google-genai": Chats,
    "ollama": Ollama,
}
