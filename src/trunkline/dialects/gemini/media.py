"""Pictures, sound and documents: ``inlineData`` and ``fileData``.

https://ai.google.dev/gemini-api/docs/file-input-methods: a file is named by a URI of the Files API, of Cloud Storage
(``gs://``) or, with newer models, by any public ``https://`` address, which Google fetches itself.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Audio, File, Image, JsonValue, Media
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.gemini.fields import Fields
from trunkline.dialects.media_url import read_type
from trunkline.dialects.pdf import find_pdf

_FILES: Final = "https://generativelanguage.googleapis.com/"
_TYPES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "mp3": "audio/mp3",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/mov",
}
_TO_STANDARD: Final = str.maketrans("-_", "+/")


def read_inline(blob: Fields, signature: str | None, rest: dict[str, JsonValue]) -> Image | Audio | File:
    """``{mimeType, data}``. The URL-safe alphabet, as Google's Python SDK writes it, becomes the standard one.

    ``rest`` are the part's other fields (``mediaResolution``, say), which are kept.
    """
    data = blob.text("data")
    if data is None:
        raise InvalidInput.of(blob.at("data"), "is required: the bytes as base64")
    if "-" in data or "_" in data:
        data = data.translate(_TO_STANDARD)
    if len(data) % 4:
        data += "=" * (-len(data) % 4)
    media_type = blob.text("mimeType")
    media = Media(data=data, media_type=read_type(media_type) if media_type else None, extra=_extra(rest))
    media = find_pdf(media) or media
    return _part(media, media.media_type, blob.text("displayName"), signature)


def read_file(reference: Fields, signature: str | None, rest: dict[str, JsonValue]) -> Image | Audio | File:
    """``{mimeType, fileUri}``. A URI of the Files API is a file id, since nobody but Google can fetch it."""
    uri = reference.text("fileUri")
    if not uri:
        raise InvalidInput.of(reference.at("fileUri"), "is required: the URI of the file")
    media_type = reference.text("mimeType")
    extra = _extra(rest)
    if uri.startswith((_FILES, "files/")):
        media = Media(file_id=uri, media_type=media_type, extra=extra)
    else:
        media = Media(url=uri, media_type=media_type, extra=extra)
    return _part(media, media_type or _guess(uri), reference.text("displayName"), signature)


def _extra(rest: dict[str, JsonValue]) -> dict[str, dict[str, JsonValue]]:
    return {"gemini": rest} if rest else {}


def _part(media: Media, kind: str | None, name: str | None, signature: str | None) -> Image | Audio | File:
    kind = kind or ""
    if kind.startswith("image/"):
        return Image(media, signature=signature)
    if kind.startswith("audio/"):
        return Audio(media)
    return File(media, name=name)


def _guess(uri: str) -> str | None:
    path = uri.partition("?")[0].partition("#")[0]
    return _TYPES.get(path.rpartition(".")[2].lower())


def write_media(media: Media, where: str) -> dict[str, JsonValue]:
    """A part of a content. ``where`` is the neutral path, for :class:`Unsupported`."""
    if media.data is not None:
        if not media.media_type:
            raise Unsupported.of(where, "Gemini must be told the media type of inline data, such as image/png")
        inline: JsonValue = {"mimeType": read_type(media.media_type), "data": media.data}
        return {"inlineData": inline, **media.extra.get("gemini", {})}
    uri = _uri(media, where)
    media_type = media.media_type or _guess(uri)
    reference: dict[str, JsonValue] = {"mimeType": media_type} if media_type else {}
    return {"fileData": {**reference, "fileUri": uri}, **media.extra.get("gemini", {})}


def _uri(media: Media, where: str) -> str:
    if media.url is not None:
        if media.url.startswith(("https://", "gs://")):
            return media.url
        raise Unsupported.of(where, "Gemini fetches https:// and gs:// addresses only; send the data as base64")
    if media.file_id is not None:
        if media.file_id.startswith(_FILES):
            return media.file_id
        if media.file_id.startswith("files/"):
            return f"{_FILES}v1beta/{media.file_id}"
    raise Unsupported.of(where, "Gemini does not know this file; send the data as base64")
