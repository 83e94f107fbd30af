"""Pictures in a request that passes on one of OpenAI's wires, where an address of a picture may be one of a PDF.

A search tells whether there is anything to mend; nearly all requests are done with that.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import decode


def mend_pictures(
    given: msgspec.Raw, *, jpeg: re.Pattern[bytes], pdf: re.Pattern[bytes], mend: Callable[[list[JsonValue]], None]
) -> msgspec.Raw:
    """``given`` with the types of pictures as they are registered, and with PDFs as ``mend`` writes them, in place.

    ``jpeg`` finds what stands before the name of a JPEG that is none; ``pdf`` tells whether there is a PDF.
    """
    data = bytes(given)
    if b'"image_url"' not in data:
        return given
    if b"data:image/jpg" in data or b"data:image/pjpeg" in data:
        data = jpeg.sub(rb"\1jpeg", data)
        given = msgspec.Raw(data)
    if pdf.search(data) is None:
        return given
    value = decode(given)
    if not isinstance(value, list):
        return given
    mend(value)
    return msgspec.Raw(msgspec.json.encode(value))
