"""Calls beside chat, from their HTTP requests: which encoding each may have, and what a form must hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_operations.body import Body
from trunkline.dialects.openai_operations.form_body import FormBody, read_boundary
from trunkline.dialects.openai_operations.json_body import JsonBody
from trunkline.faces.v1.request import RawHeaders
from trunkline.faces.v1.route_match import OperationKind
from trunkline.gateway.exchanges import operation
from trunkline.gateway.exchanges.operation import OperationCall

_KINDS: Final[Mapping[OperationKind, operation.Kind]] = {
    "images": operation.IMAGES,
    "edits": operation.EDITS,
    "speech": operation.SPEECH,
    "transcriptions": operation.TRANSCRIPTIONS,
    "moderations": operation.MODERATIONS,
    "rerank": operation.RERANK,
    "completions": operation.COMPLETIONS,
}

_FILES: Final[Mapping[OperationKind, tuple[str, ...]]] = {
    "edits": ("image", "image[]"),
    "transcriptions": ("file",),
}
"""The calls that are sent as a form, and the names of the file that each is about."""

_TEXTS: Final[Mapping[OperationKind, tuple[str, ...]]] = {
    "images": ("prompt",),
    "speech": ("input",),
    "rerank": ("query",),
}
"""What a call in JSON is nothing without."""

JSON: Final = "application/json"


def make_operation(kind: OperationKind, body: bytes, headers: RawHeaders) -> OperationCall:
    """The call that the request is. Raises InvalidInput for a wrong encoding and for what is missing."""
    content_type = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), JSON)
    boundary = read_boundary(content_type)
    read: Body
    if boundary is not None:
        files = _FILES.get(kind)
        if files is None:
            raise InvalidInput.of("", "This call takes JSON: send it with Content-Type: application/json.")
        read = FormBody(body, boundary)
        if not read.has_file(*files):
            raise InvalidInput.of(files[0], "is required, as a file in the form")
        return OperationCall(_KINDS[kind], read, content_type)
    if kind == "transcriptions":
        raise InvalidInput.of("", "This call takes a form: send it with Content-Type: multipart/form-data.")
    read = JsonBody(body)
    for name in _TEXTS.get(kind, ()):
        if not read.text(name):
            raise InvalidInput.of(name, "is required, as a text")
    return OperationCall(_KINDS[kind], read, JSON)
