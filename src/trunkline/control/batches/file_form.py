"""The form in which providers take a file. https://www.rfc-editor.org/rfc/rfc7578"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from mimetypes import guess_type
from typing import NamedTuple


class FileForm(NamedTuple):
    """The body, and what its ``Content-Type`` is to say."""

    content_type: str
    body: bytes


def write_file_form(fields: Mapping[str, str], parts: Iterable[bytes], name: str, media_type: str = "") -> FileForm:
    """``fields``, then what ``parts`` come to as ``file``, of a type that its name tells where nobody said it."""
    boundary = f"trunkline-{secrets.token_hex(16)}"
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    # As browsers write names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html
    written = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{written}"\r\n'
        f"Content-Type: {media_type or guess_media_type(name)}\r\n\r\n"
    )
    body = b"".join((head.encode(), *parts, f"\r\n--{boundary}--\r\n".encode()))
    return FileForm(f"multipart/form-data; boundary={boundary}", body)


def guess_media_type(name: str) -> str:
    """What a file of this name is, as a rule."""
    return "application/jsonl" if name.endswith(".jsonl") else guess_type(name)[0] or "application/octet-stream"
