"""Content as it is stored: sealed for its workspace and its call, and until when."""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from trunkline.control.capture.content import Content
from trunkline.core.errors import CannotOpen
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Content)


class SealedContent(msgspec.Struct, frozen=True, array_like=True):
    """``made_at`` and ``expires_at`` are microseconds since the epoch."""

    call_id: str
    workspace_id: str
    sealed: bytes
    made_at: int
    expires_at: int


class ContentSeal:
    """Seals and opens. Each workspace has a key of its own, which leads to no other's."""

    def __init__(self, ring: KeyRing) -> None:
        self._key = ring.derive(Purpose.CAPTURE)

    def seal(self, content: Content, workspace_id: str, call_id: str) -> bytes:
        """``content``, to be opened for the same workspace and call alone."""
        return self._open_box(workspace_id).seal(_encoder.encode(content), _bind(workspace_id, call_id))

    def open(self, sealed: bytes, workspace_id: str, call_id: str) -> Content:
        """What was sealed. :class:`CannotOpen` for what was changed, moved, or sealed by another installation."""
        try:
            return _decoder.decode(self._open_box(workspace_id).open(sealed, _bind(workspace_id, call_id)))
        except msgspec.MsgspecError as error:
            raise CannotOpen("The content of a request cannot be read.") from error

    def _open_box(self, workspace_id: str) -> Box:
        return Box(hmac.digest(self._key, workspace_id.encode(), "sha256"))


def _bind(workspace_id: str, call_id: str) -> bytes:
    return msgspec.json.encode(["trunkline/1 capture", workspace_id, call_id])
