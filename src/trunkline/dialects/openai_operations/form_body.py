"""A body of ``multipart/form-data``, of which one field is replaced and the rest stays byte for byte.

https://www.rfc-editor.org/rfc/rfc7578 and https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1. Reading is strict: what
two readers could take for two different forms is refused, so that the provider sees the fields that were judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.parser import HeaderParser
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_operations.body import missing_model

MAX_PARTS: Final = 1_000
MAX_HEAD: Final = 16_384
"""Bytes of one part's header."""

# The characters that RFC 2046 allows; a space may not be the last.
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_STRAY: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_EXTENDED_NAME: Final = re.compile(rb"[;\s]name\*", re.IGNORECASE)  # RFC 7578 forbids it, and few readers know it
_headers = HeaderParser()


class Part(msgspec.Struct, frozen=True):
    """One field: its name, whether it is a file, and where its content stands in the body."""

    name: str
    is_file: bool
    start: int
    end: int
    filename: str = ""
    media_type: str = ""
    """What the client says that a file is; empty where it says nothing."""


def read_boundary(content_type: str) -> str | None:
    """The boundary that a ``Content-Type`` names; None when it is no form."""
    message = _headers.parsestr(f"Content-Type: {content_type}\r\n\r\n")
    if message.get_content_type() != "multipart/form-data":
        return None
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or _BOUNDARY.fullmatch(boundary) is None:
        raise InvalidInput.of("", "The Content-Type is multipart/form-data without a valid boundary.")
    return boundary


def read_parts(raw: bytes, boundary: str) -> tuple[Part, ...]:
    """The fields in order. Raises InvalidInput for what is no well-formed form."""
    delimiter = b"\r\n--" + boundary.encode("ascii")
    opening = delimiter[2:]
    if raw.startswith(opening):
        at = len(opening)
    else:
        found = raw.find(delimiter)
        if found < 0:
            raise _broken("its boundary is not in it")
        at = found + len(delimiter)
    parts: list[Part] = []
    while not raw.startswith(b"--", at):
        start = raw.find(b"\r\n", at)
        if start < 0 or raw[at:start].strip(b" \t"):
            raise _broken("its boundary is followed by something else")
        if len(parts) == MAX_PARTS:
            raise _broken(f"it has more than {MAX_PARTS} fields")
        end = raw.find(delimiter, start)
        if end < 0:
            raise _broken("it ends before its last boundary")
        parts.append(_read_part(raw, start + 2, end))
        at = end + len(delimiter)
    return tuple(parts)


def _read_part(raw: bytes, start: int, end: int) -> Part:
    stop = raw.find(b"\r\n\r\n", start, min(end, start + MAX_HEAD))
    if stop < 0:
        raise _broken("a field has no header")
    head = raw[start : stop + 2]
    if _STRAY.search(head.replace(b"\r\n", b"")):
        raise _broken("a field's header holds a control character")
    message = _headers.parsestr(head.decode("utf-8", "replace"))
    dispositions = message.get_all("Content-Disposition") or []
    if len(dispositions) != 1 or message.get_content_disposition() != "form-data":
        raise _broken("a field has no Content-Disposition: form-data")
    names = [value for key, value in message.get_params([], "Content-Disposition") if key.lower() == "name"]
    if len(names) != 1 or _EXTENDED_NAME.search(head):
        raise _broken("a field has no name, or two")
    filename = message.get_filename()
    media_type = message.get_content_type() if filename is not None and "Content-Type" in message else ""
    return Part(names[0], filename is not None, stop + 4, end, filename or "", media_type)


class FormBody:
    """Implements :class:`~trunkline.dialects.openai_operations.body.Body`."""

    __slots__ = ("_boundary", "_place", "model", "parts", "raw")

    def __init__(self, raw: bytes, boundary: str) -> None:
        """Raises InvalidInput for what is no form, and where the model is missing or named twice."""
        self.raw = raw
        self._boundary = boundary
        self.parts = read_parts(raw, boundary)
        places = [part for part in self.parts if part.name == "model"]
        if len(places) > 1:
            raise InvalidInput.of("model", "is in the form more than once")
        model = self.text("model")
        if not model:
            raise missing_model()
        self.model = model
        self._place = places[0]

    @property
    def streams(self) -> bool:
        """Whether ``stream`` is true."""
        return (self.text("stream") or "").lower() in {"true", "1"}

    def has_file(self, *names: str) -> bool:
        """Whether a file of one of these names is in the form."""
        return any(part.is_file and part.name in names for part in self.parts)

    def text(self, name: str) -> str | None:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        for part in self.parts:
            if part.name == name and not part.is_file:
                try:
                    return self.raw[part.start : part.end].decode()
                except UnicodeDecodeError:
                    raise InvalidInput.of(name, "is not UTF-8") from None
        return None

    def characters(self, *names: str) -> int:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        return sum(len(self.text(name) or "") for name in names)

    def tokens(self, *names: str) -> int:
        """None: a form has no lists of numbers."""
        del names
        return 0

    def number(self, name: str) -> int | None:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        text = (self.text(name) or "").strip()
        return int(text) if len(text) < 10 and text.isascii() and text.isdecimal() else None

    def texts(self, *names: str) -> Iterator[str]:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        return (
            self.raw[part.start : part.end].decode("utf-8", "replace")
            for part in self.parts
            if not part.is_file and (part.name in names if names else part.name != "model")
        )

    def holds_tokens(self, *names: str) -> bool:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`. A form holds none."""
        del names
        return False

    def edit(self, model: str, *, defaults: Mapping[str, JsonValue] = {}, stream_usage: bool = False) -> bytes:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        del defaults, stream_usage
        if "\r" in model or "\n" in model:
            raise InvalidInput.of("model", "a model's name has no line breaks")
        return self.raw[: self._place.start] + model.encode() + self.raw[self._place.end :]


def _broken(reason: str) -> InvalidInput:
    return InvalidInput.of("", f"The form is not valid multipart/form-data: {reason}.")
