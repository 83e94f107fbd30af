"""Pictures, documents and sound: a ``format`` and a ``source`` of bytes or of a place in S3.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html,
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html and
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_AudioBlock.html. A place in S3 is an address that
begins with ``s3://`` in the neutral form; no other address can be sent.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonObject, JsonValue, Media
from trunkline.core.errors import Unsupported
from trunkline.dialects.bedrock_converse.field import NAME, mapping, required, text
from trunkline.dialects.field_reader import join, optional

IMAGES: Final = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}

DOCUMENTS: Final = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "txt": "text/plain",
    "md": "text/markdown",
}

SOUNDS: Final = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "opus": "audio/opus",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "pcm": "audio/pcm",
}

_ALIASES: Final = {
    "image/jpg": "jpeg",
    "audio/mp3": "mp3",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/x-m4a": "m4a",
    "audio/m4a": "m4a",
    "text/x-markdown": "md",
}

# How the base64 of each kind of file begins, for callers that do not say what they send.
_STARTS: Final = {"/9j/": "jpeg", "iVBORw0KGgo": "png", "R0lGOD": "gif", "UklGR": "webp", "JVBERi": "pdf"}


def read_media(block: JsonObject, path: str, formats: Mapping[str, str]) -> Media | None:
    """The bytes that an image, document or audio block names; None when its source is of another kind."""
    form = required(block, "format", path, text)
    media_type = formats.get(form)
    source = required(block, "source", path, mapping)
    path = join(path, "source")
    if media_type is None:
        return None
    if "bytes" in source:
        return Media(data=required(source, "bytes", path, text), media_type=media_type)
    if "s3Location" in source:
        place = required(source, "s3Location", path, mapping)
        owner = optional(place, "bucketOwner", join(path, "s3Location"), text)
        extra: dict[str, JsonObject] = {} if owner is None else {NAME: {"bucketOwner": owner}}
        return Media(url=required(place, "uri", join(path, "s3Location"), text), media_type=media_type, extra=extra)
    if "text" in source:
        plain = required(source, "text", path, text).encode()
        return Media(data=base64.b64encode(plain).decode(), media_type=media_type)
    return None


def write_media(media: Media, path: str, formats: Mapping[str, str], *, name: str | None = None) -> JsonObject:
    """The ``format`` and ``source``. Where the media type is not said, the bytes or the ``name`` of the file tell.

    Raises :class:`~trunkline.core.errors.Unsupported` for other formats, and for addresses outside S3.
    """
    source: dict[str, JsonValue]
    if media.data is not None:
        source = {"bytes": media.data}
    elif media.url is not None and media.url.startswith("s3://"):
        place: JsonObject = {"uri": media.url}
        owner = media.extra.get(NAME, {}).get("bucketOwner")
        if isinstance(owner, str):
            place["bucketOwner"] = owner
        source = {"s3Location": place}
    else:
        raise Unsupported.of(
            path, "Bedrock fetches nothing from the web. Send the bytes, in base64, or an s3:// address."
        )
    form = _find_format(media, formats, name)
    if form is None:
        known = ", ".join(formats)
        raise Unsupported.of(path, f"Bedrock does not take {media.media_type or 'unknown types'} here, only {known}.")
    return {"format": form, "source": source}


def _find_format(media: Media, formats: Mapping[str, str], name: str | None) -> str | None:
    kind = (media.media_type or "").partition(";")[0].strip().lower()
    # The bytes tell it best: a picture that is not of the type that is said is refused.
    form = next((form for start, form in _STARTS.items() if (media.data or "").startswith(start)), None)
    if form not in formats:
        form = next((form for form, media_type in formats.items() if media_type == kind), None) or _ALIASES.get(kind)
    if form is None:
        form = (name or media.url or "").rpartition(".")[2].lower()
    if form not in formats and kind.startswith("text/") and "txt" in formats:
        form = "txt"  # source code and the like: what a model is shown is its text
    return form if form in formats else None
