"""The size of a picture, from the first bytes of its file.

PNG: https://www.w3.org/TR/png/#11IHDR. GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt. JPEG: ITU-T T.81, B.2.2.
WebP: https://developers.google.com/speed/webp/docs/riff_container.
"""

from __future__ import annotations

from typing import Final

_NO_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xDA)})
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


def read_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None for what is no picture of these kinds, or has no pixels."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        size = _big(data, 16, 4), _big(data, 20, 4)
    elif data.startswith((b"GIF87a", b"GIF89a")):
        size = _little(data, 6, 2), _little(data, 8, 2)
    elif data.startswith(b"\xff\xd8"):
        size = _jpeg(data)
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        size = _webp(data)
    else:
        return None
    return size if size[0] > 0 and size[1] > 0 else None


def _jpeg(data: bytes) -> tuple[int, int]:
    """The first frame's header, past the segments before it."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            return _big(data, place + 7, 2), _big(data, place + 5, 2)
        place += 2 if marker in _NO_LENGTH else 1 if marker == 0xFF else 2 + max(_big(data, place + 2, 2), 2)
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    if kind == b"VP8L":
        bits = _little(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF


def _big(data: bytes, place: int, size: int) -> int:
    return int.from_bytes(data[place : place + size], "big")


def _little(data: bytes, place: int, size: int) -> int:
    return int.from_bytes(data[place : place + size], "little")
