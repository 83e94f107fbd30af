"""Where media comes from on this wire: an address, or a data URL that holds the bytes (RFC 2397)."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Media

_JPEGS: Final = frozenset({"image/jpg", "image/pjpeg"})


def read_url(url: str) -> Media:
    """A base64 data URL gives ``data`` and its media type (parameters and all); anything else stays an address."""
    if url[:5].lower() == "data:":
        head, comma, data = url[5:].partition(",")
        if comma and head.lower().endswith(";base64"):
            return Media(data=data, media_type=read_type(head[: -len(";base64")]) or None)
    return Media(url=url)


def read_type(media_type: str) -> str:
    """The registered name of a media type that many programs write otherwise, which vendors refuse."""
    return "image/jpeg" if media_type.lower() in _JPEGS else media_type


def write_url(media: Media, default: str) -> str | None:
    """An address or a data URL, with ``default`` where the media type is unknown; None when there is only a file id."""
    if media.data is not None:
        return f"data:{media.media_type or default};base64,{media.data}"
    return media.url


def write_image_url(media: Media) -> str:
    """The address of a picture that a model made; empty when it stands in a file that this wire has no word for."""
    return write_url(media, "image/png") or ""
