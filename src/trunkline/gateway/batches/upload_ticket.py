"""Where the pieces of a file are sent that is uploaded by and by, as Google's clients do: by an address alone.

They send no key with the pieces (https://ai.google.dev/api/files), so the address says in whose name they come.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, NotFound
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

_BOUND_TO: Final = b"trunkline/1 upload"


class UploadTicket(msgspec.Struct, frozen=True, array_like=True):
    """Whose upload it is, of which file that was begun, and of how many bytes that is to be."""

    file_id: str
    size: int
    user_id: str
    workspace_id: str
    session_id: str | None
    key_id: str | None


class UploadTickets:
    """Writes and reads them. Nobody else can, and who has one can do nothing but finish that file."""

    __slots__ = ("_box",)

    def __init__(self, ring: KeyRing) -> None:
        self._box = Box(ring.derive(Purpose.UPLOAD_TICKET))

    def write(self, actor: Actor, file_id: str, size: int) -> str:
        """The ticket in letters that a URL may hold."""
        ticket = UploadTicket(file_id, size, actor.user_id, actor.workspace_id, actor.session_id, actor.key_id)
        return urlsafe_b64encode(self._box.seal(msgspec.msgpack.encode(ticket), _BOUND_TO)).rstrip(b"=").decode()

    def read(self, written: str) -> UploadTicket:
        """What :meth:`write` wrote. Raises NotFound for anything else."""
        try:
            sealed = urlsafe_b64decode(written.encode() + b"=" * (-len(written) % 4))
            return msgspec.msgpack.decode(self._box.open(sealed, _BOUND_TO), type=UploadTicket)
        except (ValueError, CannotOpen):
            raise NotFound("There is no such upload. Begin it again.", code="upload_not_found") from None
