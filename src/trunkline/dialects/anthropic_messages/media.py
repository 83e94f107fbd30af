"""Pictures and documents: the ``source`` objects of ``image`` and ``document`` blocks.

https://docs.anthropic.com/en/docs/build-with-claude/vision and
https://docs.anthropic.com/en/docs/build-with-claude/pdf-support: bytes in base64, a URL, or the id of an uploaded
file. A document may besides be plain text, which stands on this wire as text and in the neutral form as base64.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from trunkline.core.chat import JsonObject, Media
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages.field import required, text
from trunkline.dialects.field_reader import join, optional
from trunkline.dialects.media_url import read_type
from trunkline.dialects.pdf import PDF, START

PLAIN: Final = "text/plain"

# How the base64 of each kind of file begins, for callers that do not say what they send.
IMAGE_STARTS: Final = {"/9j/": "image/jpeg", "iVBORw0KGgo": "image/png", "R0lGOD": "image/gif", "UklGR": "image/webp"}

# Text that is no ``text/*`` by name, but may be shown to a model as it stands.
TEXTUAL: Final = frozenset({"application/json", "application/xml", "application/yaml", "application/x-yaml"})


def read_source(source: JsonObject, path: str) -> Media | None:
    """The bytes that a ``source`` object at ``path`` names; None when it is of a kind that only this wire knows."""
    kind = required(source, "type", path, text)
    if kind == "base64":
        media_type = required(source, "media_type", path, text)
        return Media(data=required(source, "data", path, text), media_type=read_type(media_type))
    if kind == "url":
        return Media(url=required(source, "url", path, text))
    if kind == "file":
        return Media(file_id=required(source, "file_id", path, text))
    if kind == "text":
        plain = required(source, "data", path, text).encode()
        return Media(
            data=base64.b64encode(plain).decode(), media_type=optional(source, "media_type", path, text) or PLAIN
        )
    return None


def image_source(media: Media, path: str) -> JsonObject:
    """The ``source`` of an ``image`` block."""
    if media.data is None:
        return _reference(media)
    # The bytes tell it better: the vendor refuses a picture that is not of the type that is said, and image/jpg.
    media_type = sniff_image(media.data) or (read_type(media.media_type) if media.media_type else None)
    if media_type is None:
        raise Unsupported.of(path, "The image needs its media type: image/jpeg, image/png, image/gif or image/webp.")
    return {"type": "base64", "media_type": media_type, "data": media.data}


def document_source(media: Media, path: str) -> JsonObject:
    """The ``source`` of a ``document`` block: a PDF, or plain text. Anything else is :class:`Unsupported`."""
    if media.data is None:
        return _reference(media)
    media_type = media.media_type or (PDF if media.data.startswith(START) else "")
    if media_type.partition(";")[0].strip().lower() == PDF:
        return {"type": "base64", "media_type": PDF, "data": media.data}
    if media_type.startswith("text/") or media_type.partition(";")[0] in TEXTUAL:
        try:
            plain = base64.b64decode(media.data, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise InvalidInput.of(path, "A text file must be UTF-8, in base64.") from error
        return {"type": "text", "media_type": PLAIN, "data": plain}
    raise Unsupported.of(
        path, f"Only PDF and text files can be sent to this model, not {media_type or 'unknown types'}."
    )


def _reference(media: Media) -> JsonObject:
    if media.file_id is not None:
        return {"type": "file", "file_id": media.file_id}
    return {"type": "url", "url": media.url or ""}


def sniff_image(data: str) -> str | None:
    """The media type that the first bytes of a picture tell, in base64; None if they tell nothing."""
    return next((name for start, name in IMAGE_STARTS.items() if data.startswith(start)), None)


def source_path(path: str) -> str:
    """Where the ``source`` of the block at ``path`` stands."""
    return join(path, "source")
