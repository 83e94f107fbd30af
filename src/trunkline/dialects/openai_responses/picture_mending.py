"""PDFs that stand where pictures should in a client's request that passes, written as the files that they are.

https://platform.openai.com/docs/guides/pdf-files. Whether there is one is told by a search.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import File, JsonValue
from trunkline.dialects.media_url import read_url
from trunkline.dialects.openai_responses.content import write_file
from trunkline.dialects.pdf import find_pdf
from trunkline.dialects.raw_json import decode

# Within JSON text a quote is escaped, so what is found are fields.
_SIGN: Final = re.compile(
    rb'"image_url"\s*:\s*"(?:data:(?:[aA]pplication/[pP][dD][fF]|[^",]{0,128};base64,JVBERi)'
    rb'|https?://[^"?#]{1,4096}\.[pP][dD][fF]["?#])'
)
_JPG: Final = re.compile(rb'("image_url"\s*:\s*"data:image/)p?jpe?g(?=[;,])')


def mend_pictures(items: msgspec.Raw) -> msgspec.Raw:
    """``items`` with PDFs as files, and the types of pictures as they are registered."""
    data = bytes(items)
    if b'"image_url"' not in data:
        return items
    if b"data:image/jpg" in data or b"data:image/pjpeg" in data:
        data = _JPG.sub(rb"\1jpeg", data)
        items = msgspec.Raw(data)
    if _SIGN.search(data) is None:
        return items
    value = decode(items)
    if not isinstance(value, list):
        return items
    for item in value:
        for name in ("content", "output"):
            parts = item.get(name) if isinstance(item, dict) else None
            if isinstance(parts, list):
                parts[:] = [_mend(part) for part in parts]
    return msgspec.Raw(msgspec.json.encode(value))


def _mend(part: JsonValue) -> JsonValue:
    if not isinstance(part, dict) or part.get("type") != "input_image":
        return part
    url = part.get("image_url")
    found = find_pdf(read_url(url)) if isinstance(url, str) else None
    return part if found is None else write_file(File(found))
