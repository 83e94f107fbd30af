"""Google's brotli library, which has no types of its own: https://github.com/google/brotli/tree/master/python."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, Protocol, cast

_library: Final[Any] = import_module("brotli")

BrotliError: Final[type[Exception]] = _library.error


class Decompressor(Protocol):
    """One text that is unpacked piece by piece."""

    def process(self, data: bytes, *, output_buffer_limit: int) -> bytes:
        """About so many bytes at most. Raises :data:`BrotliError`; call it without data as long as more may come."""
        ...

    def is_finished(self) -> bool:
        """Whether the end has come."""
        ...

    def can_accept_more_data(self) -> bool:
        """Whether all that was given has been unpacked."""
        ...


def make_decompressor() -> Decompressor:
    """A new one."""
    return cast("Decompressor", _library.Decompressor())


def compress(data: bytes, quality: int) -> bytes:
    """``data`` packed; ``quality`` from 0 (fast) to 11."""
    return cast("bytes", _library.compress(data, quality=quality))
