"""What pictures, sound and documents are counted as, by the rules that their vendors publish."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Final

from trunkline.core.chat import Audio, File, Image, Media
from trunkline.gateway.estimate.family import Family
from trunkline.gateway.estimate.picture_size import read_size

_HEAD: Final = 65_536
"""Bytes of a picture in which its size stands, in base64's own count; a JPEG may tell much before."""

_USUAL_SIZE: Final = (1_024, 1_024)
"""What a picture is taken for whose size cannot be known here, as it lies elsewhere."""

_SOUND_RATE: Final = {"openai": 10, "anthropic": 10, "gemini": 32}
"""Tokens for a second of sound that is listened to (https://platform.openai.com/docs/guides/realtime-costs,
https://ai.google.dev/gemini-api/docs/audio)."""

_BYTES_OF_SECOND: Final = {"wav": 48_000, "pcm16": 48_000, "l16": 48_000, "flac": 30_000}
_COMPRESSED: Final = 16_000
_VIDEO_RATE: Final = 263
_VIDEO_BYTES: Final = 250_000
"""Bytes of a second of video as phones and the web have it, about 2 Mbit/s."""

_PAGE: Final = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_PAGE_TOKENS: Final = {"openai": 1_000, "anthropic": 2_200, "gemini": 258}
"""A page is text and picture (https://platform.claude.com/docs/en/build-with-claude/pdf-support), or a picture alone
(https://ai.google.dev/gemini-api/docs/document-processing)."""

_TILE: Final = 512


def picture_tokens(image: Image, family: Family) -> int:
    """A picture's tokens."""
    width, height = _size_of(image.media)
    match family.pictures:
        case "anthropic":
            return _anthropic(width, height)
        case "gemini":
            return _gemini(width, height)
        case "openai":
            return 85 if image.detail == "low" else _openai(width, height)


def sound_tokens(sound: Audio, family: Family) -> int:
    """What is listened to, by its length; that by its bytes."""
    kind = (sound.media.media_type or "").rpartition("/")[2].removeprefix("x-")
    seconds = _bytes_in(sound.media) / _BYTES_OF_SECOND.get(kind, _COMPRESSED)
    return math.ceil(seconds * _SOUND_RATE[family.pictures])


def document_tokens(file: File, family: Family) -> tuple[int, str]:
    """The tokens of a document, and the text of one that is text, which is counted as such."""
    kind = file.media.media_type or ""
    if file.media.data is None:
        return _PAGE_TOKENS[family.pictures], ""
    if kind.startswith("video/"):
        return math.ceil(_bytes_in(file.media) / _VIDEO_BYTES * _VIDEO_RATE), ""
    try:
        data = base64.b64decode(file.media.data)
    except (binascii.Error, ValueError):
        return 0, ""
    if kind.startswith("text/") or kind.endswith(("json", "xml", "csv", "markdown")):
        return 0, data.decode("utf-8", "replace")
    # Pages within compressed objects are not seen: then the size tells, at some 50 kB a page.
    pages = len(_PAGE.findall(data)) or max(1, len(data) // 50_000)
    return pages * _PAGE_TOKENS[family.pictures], ""


def _bytes_in(media: Media) -> int:
    return 0 if media.data is None else len(media.data) * 3 // 4


def _size_of(media: Media) -> tuple[int, int]:
    if media.data is None:
        return _USUAL_SIZE
    head = media.data[:_HEAD]
    try:
        data = base64.b64decode(head[: len(head) // 4 * 4])
    except (binascii.Error, ValueError):
        return _USUAL_SIZE
    return read_size(data) or _USUAL_SIZE


def _openai(width: int, height: int) -> int:
    """Fitted into 2048 × 2048, then to 768 at the shortest side; 85 and 170 for each tile of 512
    (https://platform.openai.com/docs/guides/images-vision#calculating-costs)."""
    fit = min(1.0, 2_048 / max(width, height))
    fit *= min(1.0, 768 / (min(width, height) * fit))
    return 85 + 170 * math.ceil(width * fit / _TILE) * math.ceil(height * fit / _TILE)


def _anthropic(width: int, height: int) -> int:
    """Pixels / 750, after fitting into 1568 at the longest side and about 1600 tokens
    (https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size)."""
    fit = min(1.0, 1_568 / max(width, height))
    return min(math.ceil(width * fit * height * fit / 750), 1_600)


def _gemini(width: int, height: int) -> int:
    """258 for a small picture, else for each tile, whose side is two thirds of the shortest side, from 256 to 768
    (https://ai.google.dev/gemini-api/docs/image-understanding#token-calculation)."""
    if width <= 384 and height <= 384:
        return 258
    tile = min(max(min(width, height) / 1.5, 256), 768)
    return 258 * math.ceil(width / tile) * math.ceil(height / tile)
