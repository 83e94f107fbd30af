"""Which dialect a provider is spoken to in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from trunkline.core.chat import ChatRequest
from trunkline.dialects import anthropic_messages, bedrock_converse, gemini, ollama, openai_chat, openai_responses
from trunkline.dialects.anthropic_messages import passthrough as anthropic_passthrough
from trunkline.dialects.dialect import Dialect, EmbeddingsDialect
from trunkline.dialects.gemini import passthrough as gemini_passthrough
from trunkline.dialects.openai_chat import OpenAIChat, WireOptions
from trunkline.dialects.openai_chat import passthrough as openai_passthrough
from trunkline.dialects.openai_chat.functions import FUNCTIONS
from trunkline.dialects.openai_responses import passthrough as responses_passthrough
from trunkline.dialects.passthrough import Passthrough
from trunkline.providers.provider import Provider
from trunkline.providers.quirks import quirk

DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        openai_chat.DIALECT,
        anthropic_messages.DIALECT,
        gemini.DIALECT,
        ollama.DIALECT,
        bedrock_converse.DIALECT,
    )
}
"""Every wire format that a row of the table may name."""

_EMBEDDINGS: Final[Mapping[str, EmbeddingsDialect]] = {
    dialect.name: dialect for dialect in (openai_chat.DIALECT, gemini.DIALECT, ollama.DIALECT)
}

PASSTHROUGHS: Final[Mapping[str, Passthrough]] = {
    openai_chat.DIALECT.name: openai_passthrough.PASSTHROUGH,
    anthropic_messages.DIALECT.name: anthropic_passthrough.PASSTHROUGH,
    gemini.DIALECT.name: gemini_passthrough.PASSTHROUGH,
    openai_responses.DIALECT.name: responses_passthrough.PASSTHROUGH,
}
"""The wires whose calls pass unread where both sides speak them."""


def choose_dialect(provider: Provider, model: str, responses: bool = False) -> Dialect:
    """The dialect for calls of ``model``: OpenAI's wire is written as the model's quirk says.

    With ``responses`` that of OpenAI's responses, which a provider may speak besides.
    """
    if responses:
        return openai_responses.DIALECT
    if provider.dialect == OpenAIChat.name:
        return _openai_chat(quirk(provider.id, model).wire)
    return DIALECTS[provider.dialect]


def choose_answer_dialect(dialect: Dialect, request: ChatRequest) -> Dialect:
    """The dialect that a client of ``dialect`` reads the answer to ``request`` in."""
    return FUNCTIONS if request.functions and dialect.name == OpenAIChat.name else dialect


def choose_embeddings(provider: Provider) -> EmbeddingsDialect | None:
    """The dialect for embeddings; None where the provider has none."""
    return _EMBEDDINGS.get(provider.dialect) if provider.paths.embeddings is not None else None


@lru_cache
def _openai_chat(options: WireOptions) -> OpenAIChat:
    return OpenAIChat(options)
