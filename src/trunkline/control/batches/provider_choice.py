"""Which providers run batches, and in whose format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.control.batches.anthropic_batches import AnthropicBatches
from trunkline.control.batches.gemini_batches import GeminiBatches
from trunkline.control.batches.openai_batches import OpenAIBatches
from trunkline.control.batches.provider_api import ProviderBatches
from trunkline.gateway.batches.batch_record import Wire
from trunkline.gateway.batches.line_call import EMBED
from trunkline.providers.provider import Provider

_APIS: Final[Mapping[Wire, tuple[str, ProviderBatches]]] = {
    "openai": ("openai_chat", OpenAIBatches()),
    "anthropic": ("anthropic_messages", AnthropicBatches()),
    "gemini": ("gemini", GeminiBatches()),
}


def get_batches(wire: Wire) -> ProviderBatches:
    """The interface of a provider that speaks ``wire``."""
    return _APIS[wire][1]


def runs_batches(provider: Provider | None, wire: Wire, endpoint: str) -> bool:
    """Whether ``provider`` runs batches of ``endpoint`` in the format ``wire``."""
    if provider is None or provider.dialect != _APIS[wire][0]:
        return False
    paths = provider.paths
    return (paths.embedding_batches if endpoint == EMBED else paths.batches) is not None
