"""A configuration before and after a draft is laid over it: what is stored now, and what it is to become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import UnsetType

from trunkline.core.caching import Caching
from trunkline.core.chat import JsonObject
from trunkline.core.secret import Secret
from trunkline.providers.provider import Provider

T = TypeVar("T")


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored now: ``masks`` shows each secret field, ``user_id`` is its owner."""

    name: str
    provider: str
    model: str | None
    base_url: str | None
    parameters: JsonObject
    is_active: bool
    shared: bool
    application_id: str | None
    masks: Mapping[str, str] = {}
    user_id: str = ""
    borrows: bool = False
    lender_id: str | None = None
    caching: Caching | None = None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A checked state. ``parameters`` are without headers; secrets are what to ``put`` and which to ``drop``."""

    name: str
    provider: Provider
    model: str | None
    base_url: str | None
    parameters: JsonObject
    is_active: bool
    shared: bool
    application_id: str | None
    put: Mapping[str, Secret]
    drop: frozenset[str]
    origins: tuple[str, ...]
    borrows: bool
    lender_id: str | None
    caching: Caching | None


def choose(given: T | UnsetType, otherwise: T) -> T:
    """What was given, if anything was."""
    return otherwise if isinstance(given, UnsetType) else given
