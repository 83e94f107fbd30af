"""A reference to a key, ready to be followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from trunkline.core.secret import Secret


class Resolve(Protocol):
    """Finds the key that a reference stands for."""

    async def __call__(self, reference: str, origin: str) -> Secret:
        """The key of ``reference``, about to be sent to ``origin`` (``https://api.openai.com:443``).

        Raises :class:`trunkline.core.errors.UpstreamError` where it may not be used so, or cannot be had.
        """
        ...


class ReferencedKey(Secret):
    """A reference that can be followed. What it reveals is the reference itself."""

    __slots__ = ("_find_failure", "_resolve")

    def __init__(self, reference: str, resolve: Resolve, find_failure: Callable[[str], str | None]) -> None:
        """``find_failure`` tells why the last try to find it failed, None where it did not."""
        super().__init__(reference)
        self._resolve = resolve
        self._find_failure = find_failure

    @property
    def failure(self) -> str | None:
        """Why the last try to find it failed, also while its last value is still used; None where it did not."""
        return self._find_failure(self.reveal())

    async def resolve(self, origin: str) -> Secret:
        """The key itself, about to be sent to ``origin``. See :class:`Resolve`."""
        return await self._resolve(self.reveal(), origin)
