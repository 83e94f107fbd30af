"""Whose an API key is, by how it begins."""

from __future__ import annotations

from typing import Final

from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS

_SHARED: Final = "openai"
"""Keys that begin like OpenAI's (``sk-``) are those of many others too, of proxies and of examples."""


def find_mistake(provider: Provider, key: str) -> str | None:
    """What is wrong with ``key`` at the address of ``provider``: that it is another's. None where nothing says so.

    The longest beginning wins: ``sk-`` is OpenAI's, ``sk-ant-`` Anthropic's alone. A provider of which it is not known
    how its keys begin may have any.
    """
    if not provider.key_prefixes:
        return None
    own = _longest(provider, key)
    nearer = [other for other in PROVIDERS.values() if _longest(other, key) > own]
    owner = max(nearer, key=lambda other: _longest(other, key), default=None)
    if owner is None or owner.id == _SHARED:
        return None
    return (
        f"looks like a key of {owner.display_name}, not of {provider.display_name}. Choose the provider"
        f" {owner.id!r}, or enter a key of {provider.display_name}{_where(provider)}."
    )


def _where(provider: Provider) -> str:
    return f" (made at {provider.key_url})" if provider.key_url else ""


def _longest(provider: Provider, key: str) -> int:
    """How much of ``key`` is a beginning that the provider's keys have."""
    return max((len(prefix) for prefix in provider.key_prefixes if key.startswith(prefix)), default=0)
