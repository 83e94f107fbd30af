"""A key service: it wraps the root key with a key of its own that never leaves it."""

from __future__ import annotations

from typing import Final, Protocol

PURPOSE: Final = "trunkline-root-key"
"""Bound to what is wrapped, where a service binds context: nothing else that it encrypted passes for a root key."""


class KeyService(Protocol):
    """Each method asks the service once or twice, and raises
    :class:`trunkline.external_secrets.service_call.ServiceFailed` in words for an operator.
    """

    async def wrap(self, key: bytes) -> str:
        """``key`` as ciphertext, in the service's own text."""
        ...

    async def unwrap(self, wrapped: str) -> bytes:
        """What :meth:`wrap` was given."""
        ...
