"""Media types in a client's request that Google refuses and that have a name which it knows.

Pictures are ``image/jpeg``, never ``image/jpg``, and a PDF is one whatever it is called
(https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats). Within JSON text a quote is escaped, so
what is found are fields.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.dialects.pdf import START

_JPG: Final = re.compile(rb'("mime_?[tT]ype"\s*:\s*)"image/(?:p?jpg|pjpeg|JPG)"')
_BLOB: Final = re.compile(
    rb'("mime_?[tT]ype"\s*:\s*)"image/[\w.+-]{1,32}"(\s*,\s*"data"\s*:\s*"%b)' % START.encode(), re.ASCII
)


def rename_types(contents: msgspec.Raw) -> msgspec.Raw:
    """``contents`` with the types of pictures as Google knows them."""
    data = bytes(contents)
    if b"image/" not in data:
        return contents
    mended = _JPG.sub(rb'\1"image/jpeg"', data)
    if START.encode() in mended:
        mended = _BLOB.sub(rb'\1"application/pdf"\2', mended)
    return contents if mended is data or mended == data else msgspec.Raw(mended)
