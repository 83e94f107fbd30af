"""Pictures that models make and people send, and the PDFs they send: kept for their owner, and never anything else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.dialects.media_url import read_url
from trunkline.storage import conversations, pictures
from trunkline.storage.conversations import Owner
from trunkline.storage.database import Database
from trunkline.storage.tables import Picture

LARGEST: Final = 20 << 20
"""Bytes of one picture."""

EXTENSIONS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}

PDF: Final = "application/pdf"

_PREFIX: Final = "/api/pictures/"


class PictureFile(msgspec.Struct, frozen=True):
    """A picture or a PDF with its bytes, which tell its ``content_type``."""

    id: str
    content_type: str
    content: bytes

    @property
    def file_name(self) -> str:
        """A name to save it by."""
        return f"{self.id}.{'pdf' if self.content_type == PDF else EXTENSIONS[self.content_type]}"

    @property
    def url(self) -> str:
        """Where its owner gets it."""
        return _PREFIX + self.id

    @property
    def data_url(self) -> str:
        """The picture itself, as providers take it."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.content).decode()}"


def owner_of(actor: Actor) -> Owner:
    """Whose conversations and pictures ``actor`` has: a user's own, or an application's."""
    return Owner(actor.workspace_id, actor.user_id, actor.application_id)


def sniff(content: bytes) -> str | None:
    """What kind of picture these bytes are; None for anything else, SVG and HTML above all.

    By the first bytes that https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern names.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:14] == b"WEBPVP":
        return "image/webp"
    return None


def check_picture(content: bytes, field: str = "") -> str:
    """The kind of a picture that somebody sent. :class:`InvalidInput` for what is none, or is too large."""
    if len(content) > LARGEST:
        raise InvalidInput.of(field, f"the picture has more than {LARGEST >> 20} MB. Make it smaller.")
    kind = sniff(content)
    if kind is None:
        raise InvalidInput.of(field, "is not a picture that can be kept. Send PNG, JPEG, WebP or GIF.")
    return kind


def check_pdf(content: bytes, field: str = "") -> str:
    """The kind of a file that somebody sent. :class:`InvalidInput` for what is no PDF, or is too large."""
    if len(content) > LARGEST:
        raise InvalidInput.of(field, f"the file has more than {LARGEST >> 20} MB. Make it smaller.")
    if not content.startswith(b"%PDF-"):
        raise InvalidInput.of(field, "is not a PDF. Send pictures as images, and text as text.")
    return PDF


def read_data_url(url: str, field: str) -> bytes:
    """The bytes of a data URL that somebody sent. :class:`InvalidInput` for any other address: nothing is fetched."""
    media = read_url(url)
    if media.data is None:
        raise InvalidInput.of(field, "must be a data URL (data:image/png;base64,…); addresses are not fetched.")
    try:
        return base64.b64decode(media.data, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput.of(field, "is not valid base64.") from None


class Pictures:
    """The pictures of the actor: their own, or their application's. Nobody else gets them, also no administrator."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, actor: Actor, content_type: str, content: bytes, conversation_id: str | None = None) -> str:
        """Keep a picture and give its id. It goes with the conversation, where it belongs to one.

        What it is, its bytes say: ``content_type`` is only who sent it claims. :class:`InvalidInput` unless they are a
        PNG, JPEG, WebP or GIF of at most 20 MB.
        """
        del content_type
        kind = check_picture(content)
        access.check(actor, "conversations.change")
        row = Picture(
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            conversation_id=conversation_id,
            content_type=kind,
            content=content,
        )
        async with self._database.write() as tx:
            await pictures.insert(tx, row)
        return row.id

    async def keep_made(self, actor: Actor, url: str, conversation_id: str | None = None) -> str | None:
        """Keep what a model made, as its answer gave it, and give its address here.

        None for what is not kept: an address elsewhere, which is never fetched, or bytes that are no picture.
        """
        try:
            content = read_data_url(url, "")
            return _PREFIX + await self.keep(actor, "", content, conversation_id)
        except InvalidInput:
            return None

    async def get(self, actor: Actor, picture_id: str) -> PictureFile:
        """One picture. :class:`NotFound` for others'."""
        access.check(actor, "conversations.read")
        async with self._database.read() as tx:
            found = await pictures.find(tx, owner_of(actor), [picture_id])
        if not found:
            raise NotFound("There is no picture of that id among yours.")
        return _show(found[0])

    async def load(self, actor: Actor, picture_ids: Sequence[str], largest: int) -> dict[str, PictureFile]:
        """Those of the actor's pictures that are there, by id: the last ones, up to ``largest`` bytes together."""
        owner, room, wanted = owner_of(actor), largest, list[str]()
        async with self._database.read() as tx:
            sizes = await pictures.find_sizes(tx, owner, picture_ids)
            for identity in reversed(picture_ids):
                room -= sizes.get(identity, 0)
                if room < 0:
                    break
                wanted.append(identity)
            found = await pictures.find(tx, owner, wanted)
        return {row.id: _show(row) for row in found}

    async def bring(self, tx: conversations.Transaction, actor: Actor, picture_id: str, conversation_id: str) -> str:
        """Have one of the actor's pictures in a conversation, and give its id there.

        One that belongs to another conversation is copied, so that it does not go with that.
        """
        found = await pictures.find(tx, owner_of(actor), [picture_id])
        if not found:
            raise NotFound("There is no picture of that id among yours.", code="hidden")
        row = found[0]
        if row.conversation_id == conversation_id:
            return row.id
        if row.conversation_id is None:
            await pictures.adopt(tx, row.id, conversation_id)
            return row.id
        copy = Picture(
            workspace_id=row.workspace_id,
            user_id=row.user_id,
            application_id=row.application_id,
            conversation_id=conversation_id,
            content_type=row.content_type,
            content=row.content,
        )
        return (await pictures.insert(tx, copy)).id


def picture_id_of(url: object) -> str | None:
    """The id in the address of a picture of ours."""
    return url.removeprefix(_PREFIX) if isinstance(url, str) and url.startswith(_PREFIX) else None


def describe_elsewhere(url: str) -> str:
    """What is shown in the place of a picture that is not kept: its address if it is one of the web, as plain text.

    Pages must not load it by themselves, because that would tell its server who reads.
    """
    if url.startswith(("https://", "http://")) and len(url) <= 2_000 and url.isprintable() and " " not in url:
        return f"\n\n{url}\n\n"
    return "\n\n(The model sent a picture that cannot be shown.)\n\n"


def _show(row: Picture) -> PictureFile:
    return PictureFile(row.id, row.content_type, row.content)
