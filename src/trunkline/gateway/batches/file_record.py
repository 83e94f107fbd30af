"""Files that callers keep here: what a batch is made of, and what comes out of it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

PIECE_BYTES: Final = 256 * 1024
"""A file is written and read in pieces of at most so many bytes; all but the last are as large."""

Purpose = Literal["batch", "batch_output", "batch_requests"]
"""``batch`` and ``batch_output`` are OpenAI's words. ``batch_requests`` are those of batches that come without a file,
which are never listed."""


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One file. ``size`` is in bytes, times are seconds since the epoch."""

    id: str
    name: str
    purpose: Purpose
    size: int
    created_at: int
    expires_at: int
