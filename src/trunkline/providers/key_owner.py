"""Whose an API key is, by how it begins."""

from __future__ import annotations

from typing import Final

from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS

_SHARED: Final = "sk-"
"""OpenAI's keys begin so, and those of DeepSeek, Moonshot and others."""

_WHOLE: Final = 20
"""Characters. What begins with ``sk-`` and is shorter is no key of any vendor's."""


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
    if owner is None:
        return None
    if _longest(owner, key) > len(_SHARED) or not key.startswith(_SHARED):
        return (
            f"looks like a key of {owner.display_name}, not of {provider.display_name}. Choose the provider"
            f" {owner.id!r}, or enter a key of {provider.display_name}{_where(provider)}."
        )
    if len(key) < _WHOLE:
        return None
    return (
        f"is no key of {provider.display_name}: those begin with {' or '.join(provider.key_prefixes)}, and sk-… is"
        f" {owner.display_name}'s or another provider's. Choose that provider, or enter a key of"
        f" {provider.display_name}{_where(provider)}."
    )


def _where(provider: Provider) -> str:
    return f" (made at {provider.key_url})" if provider.key_url else ""


def _longest(provider: Provider, key: str) -> int:
    """How much of ``key`` is a beginning that the provider's keys have."""
    return max((len(prefix) for prefix in provider.key_prefixes if key.startswith(prefix)), default=0)
