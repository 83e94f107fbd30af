"""Pictures: bare base64 without a media type, in either direction."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Image, Media
from trunkline.core.errors import Unsupported

_BEGINNINGS: Final = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "UklGR": "image/webp",
    "Qk": "image/bmp",
}


def read_image(data: str) -> Image:
    """The media type is told from the first bytes, since other wires demand it; None if they tell nothing."""
    media_type = next((kind for start, kind in _BEGINNINGS.items() if data.startswith(start)), None)
    return Image(Media(data=data, media_type=media_type))


def write_image(image: Image, where: str) -> str:
    """Raises :class:`Unsupported` for a picture that is only named, since Ollama fetches nothing."""
    if image.media.data is None:
        raise Unsupported.of(f"{where}.media", "Ollama takes images only as base64; send the image as base64 data")
    return image.media.data
