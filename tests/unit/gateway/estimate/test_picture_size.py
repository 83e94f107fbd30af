"""Sizes in the heads of picture files."""

from __future__ import annotations

import struct

import pytest

from trunkline.gateway.estimate.picture_size import read_size

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\3" * 9
)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480), (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 640, 480), (640, 480)),
        (JPEG, (640, 480)),
        (b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480), (640, 480)),
        (b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 639 | 479 << 14), (640, 480)),
        (
            b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"),
            (640, 480),
        ),
    ],
)
def test_kinds(data: bytes, size: tuple[int, int]) -> None:
    assert read_size(data) == size


@pytest.mark.parametrize("data", [b"", b"BM123456", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", JPEG[:20], b"GIF89a\0\0\0\0"])
def test_what_tells_no_size(data: bytes) -> None:
    assert read_size(data) is None


def test_every_cut_of_a_picture_is_fine() -> None:
    for end in range(len(JPEG)):
        read_size(JPEG[:end])
