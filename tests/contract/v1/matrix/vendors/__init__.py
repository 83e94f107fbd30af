"""The wires that providers speak. A new one is a module and a row here."""

from __future__ import annotations

from typing import Final

from tests.contract.v1.matrix.vendors import (
    anthropic_messages,
    bedrock_converse,
    gemini,
    ollama,
    openai_chat,
    openai_responses,
    openrouter,
)
from tests.contract.v1.matrix.vendors.vendor import Vendor

VENDORS: Final[dict[str, Vendor]] = {
    vendor.name: vendor
    for vendor in (
        openai_chat.VENDOR,
        openrouter.VENDOR,
        openai_responses.VENDOR,
        anthropic_messages.VENDOR,
        gemini.VENDOR,
        bedrock_converse.VENDOR,
        ollama.VENDOR,
    )
}
