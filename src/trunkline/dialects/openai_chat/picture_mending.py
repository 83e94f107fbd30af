"""Pictures in a client's request that passes, as its server takes them.

A PDF that stands where a picture should is written as the file that it is: OpenAI answers "Invalid MIME type. Only
image types are supported" (https://platform.openai.com/docs/guides/pdf-files). A search tells whether there is one.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import File, JsonValue
from trunkline.dialects import picture_mending
from trunkline.dialects.media_url import read_url
from trunkline.dialects.openai_chat.content import write_file
from trunkline.dialects.passthrough import Files
from trunkline.dialects.pdf import find_pdf

# Within JSON text a quote is escaped, so what is found are fields.
_SIGN: Final = re.compile(
    rb'"image_url"\s*:\s*(?:\{[^{}"]{0,64}(?:"detail"\s*:\s*"\w*"\s*,\s*)?"url"\s*:\s*)?"'
    rb"(?:data:(?:[aA]pplication/[pP][dD][fF]|[^\",]{0,128};base64,JVBERi)|https?://[^\"?#]{1,4096}\.[pP][dD][fF][\"?#])"
)
_JPG: Final = re.compile(rb'("(?:image_)?url"\s*:\s*"data:image/)p?jpe?g(?=[;,])')


def mend_pictures(messages: msgspec.Raw, files: Files) -> msgspec.Raw:
    """``messages`` with PDFs as files, and the types of pictures as they are registered.

    Raises Unsupported for a PDF that the server would have to fetch and does not.
    """

    def mend(turns: list[JsonValue]) -> None:
        for place, turn in enumerate(turns):
            content = turn.get("content") if isinstance(turn, dict) else None
            if isinstance(content, list):
                path = f"messages.{place}.content"
                content[:] = [_mend(part, files, f"{path}.{number}.image_url") for number, part in enumerate(content)]

    return picture_mending.mend_pictures(messages, jpeg=_JPG, pdf=_SIGN, mend=mend)


def _mend(part: JsonValue, files: Files, path: str) -> JsonValue:
    if not isinstance(part, dict):
        return part
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else image
    found = find_pdf(read_url(url)) if part.get("type") == "image_url" and isinstance(url, str) else None
    if found is None:
        return part
    beside = {name: value for name, value in part.items() if name not in ("type", "image_url")}
    return {**write_file(File(found), files, path), **beside}
