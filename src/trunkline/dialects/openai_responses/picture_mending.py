"""PDFs that stand where pictures should in a client's request that passes, written as the files that they are.

https://platform.openai.com/docs/guides/pdf-files. Whether there is one is told by a search.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import File, JsonValue
from trunkline.dialects import picture_mending
from trunkline.dialects.media_url import read_url
from trunkline.dialects.openai_responses.content import write_file
from trunkline.dialects.pdf import find_pdf

# Within JSON text a quote is escaped, so what is found are fields.
_SIGN: Final = re.compile(
    rb'"image_url"\s*:\s*"(?:data:(?:[aA]pplication/[pP][dD][fF]|[^",]{0,128};base64,JVBERi)'
    rb'|https?://[^"?#]{1,4096}\.[pP][dD][fF]["?#])'
)
_JPG: Final = re.compile(rb'("image_url"\s*:\s*"data:image/)p?jpe?g(?=[;,])')


def mend_pictures(items: msgspec.Raw) -> msgspec.Raw:
    """``items`` with PDFs as files, and the types of pictures as they are registered."""
    return picture_mending.mend_pictures(items, jpeg=_JPG, pdf=_SIGN, mend=_mend_items)


def _mend_items(items: list[JsonValue]) -> None:
    for item in items:
        for name in ("content", "output"):
            parts = item.get(name) if isinstance(item, dict) else None
            if isinstance(parts, list):
                parts[:] = [_mend(part) for part in parts]


def _mend(part: JsonValue) -> JsonValue:
    if not isinstance(part, dict) or part.get("type") != "input_image":
        return part
    url = part.get("image_url")
    found = find_pdf(read_url(url)) if isinstance(url, str) else None
    return part if found is None else write_file(File(found))
