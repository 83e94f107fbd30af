"""Files that callers keep here: what a batch is made of and what comes out of it, and what models are to read."""

from __future__ import annotations

from mimetypes import guess_type
from typing import Final, Literal

import msgspec

PIECE_BYTES: Final = 256 * 1024
"""A file is written and read in pieces of at most so many bytes; all but the last are as large."""

Purpose = Literal["batch", "batch_output", "batch_requests", "user_data", "vision", "assistants", "fine-tune", "evals"]
"""OpenAI's words, but for ``batch_requests``: those of batches that come without a file, which are never listed."""

SENT: Final[tuple[Purpose, ...]] = ("user_data", "vision", "assistants", "fine-tune", "evals")
"""What a provider is sent, so that calls may name it."""

ABOUT_BATCHES: Final[tuple[Purpose, ...]] = ("batch", "batch_output")


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One file. ``size`` is in bytes, times are seconds since the epoch.

    One that a provider was sent has the ``provider_file_id`` there, in the account of the configuration. ``media_type``
    is what its maker said that it is; empty where that is not known.
    """

    id: str
    name: str
    purpose: Purpose
    size: int
    created_at: int
    expires_at: int
    configuration_id: str | None = None
    provider_file_id: str | None = None
    media_type: str = ""

    @property
    def known_type(self) -> str | None:
        """Its media type, as its maker said or its name tells; None where neither does."""
        if self.media_type and self.media_type != "application/octet-stream":
            return self.media_type
        return guess_type(self.name)[0]
