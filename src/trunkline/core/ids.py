"""Identifiers: UUIDs of version 7, whose order is the order of their making (RFC 9562, section 5.7)."""

from __future__ import annotations

from uuid import UUID

import uuid_utils


def new_id() -> str:
    """A fresh id as 36 characters of lower-case text."""
    return str(uuid_utils.uuid7())


def new_id_pair() -> tuple[str, bytes]:
    """A fresh id as text and as its 16 bytes, which is what the journal knows it by."""
    fresh = uuid_utils.uuid7()
    return str(fresh), fresh.bytes


def id_bytes(text: str) -> bytes:
    """The 16 bytes of an id's text. Raises ValueError for anything else."""
    return UUID(text).bytes


def id_text(raw: bytes) -> str:
    """The text of an id of 16 bytes. Raises ValueError for anything else."""
    return str(uuid_utils.UUID(bytes=raw))


def is_id(text: str) -> bool:
    """Whether ``text`` is a UUID as we write them (any version; 36 characters)."""
    if len(text) != 36:
        return False
    try:
        UUID(text)
    except ValueError:
        return False
    return True
