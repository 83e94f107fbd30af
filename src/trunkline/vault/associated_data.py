"""What a ciphertext is bound to, as bytes that can be read in one way only."""

from __future__ import annotations

from collections.abc import Sequence


def encode_fields(label: str, *fields: str | int | Sequence[str]) -> bytes:
    """``label`` and ``fields`` as one unambiguous byte string, to be authenticated beside a ciphertext.

    Every text is its length in bytes (4 bytes, big endian) and its UTF-8; a number is its decimal text; a sequence is
    its count (4 bytes) and its texts. So no two different lists of fields of the same shape give the same bytes.
    """
    encoded = bytearray(_encode_text(label))
    for field in fields:
        if isinstance(field, str):
            encoded += _encode_text(field)
        elif isinstance(field, int):
            encoded += _encode_text(str(field))
        else:
            encoded += len(field).to_bytes(4, "big")
            for text in field:
                encoded += _encode_text(text)
    return bytes(encoded)


def _encode_text(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(4, "big") + encoded
