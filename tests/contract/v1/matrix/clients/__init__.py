"""The wires that clients speak. A new one is a module and a row here."""

from __future__ import annotations

from typing import Final

from tests.contract.v1.matrix.clients import anthropic_messages, gemini, ollama, openai_chat, openai_responses
from tests.contract.v1.matrix.clients.client import Client

CLIENTS: Final[dict[str, Client]] = {
    client.name: client
    for client in (openai_chat.CLIENT, openai_responses.CLIENT, anthropic_messages.CLIENT, gemini.CLIENT, ollama.CLIENT)
}
