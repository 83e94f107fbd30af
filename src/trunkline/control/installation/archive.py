"""What a backup is made of: a gzipped tar file whose first member says what the others are.

``manifest.json``, ``trunkline.db``, ``journal/<segment>`` for what is not in the database yet and, only where it was
asked for, ``root.key``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import IO, Final

import msgspec

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "trunkline.db"
ROOT_KEY: Final = "root.key"
JOURNAL: Final = "journal"

_NAMES: Final = re.compile(r"trunkline\.db|root\.key|journal/[0-9a-f]{32}-[0-9]{8}\.journal", re.ASCII)
_PIECE: Final = 1 << 20

Report = Callable[[int], None]
"""Hears how many bytes were done with since it last heard."""


class Item(msgspec.Struct, frozen=True, rename="camel"):
    """A file of the backup; ``sha256`` in hex."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a backup holds. ``root_check`` tells which root key opens it, and reveals nothing of the key."""

    format: int = FORMAT
    trunkline: str
    schema: str
    created_at: datetime
    root_check: str
    files: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(item.size for item in self.files)

    @property
    def has_root_key(self) -> bool:
        """Whether who has the backup has all that is in it."""
        return any(item.path == ROOT_KEY for item in self.files)


def is_name(path: str) -> bool:
    """Whether ``path`` is one that a backup may hold: nothing else is ever written to disk."""
    return _NAMES.fullmatch(path) is not None


def pour(source: IO[bytes], target: IO[bytes] | None = None, report: Report | None = None) -> tuple[int, str]:
    """Copy ``source`` to its end, or only read it; gives its bytes and their SHA-256."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
        if report is not None:
            report(len(piece))
    return size, digest.hexdigest()
