"""One request about files or batches."""

from __future__ import annotations

from typing import Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.faces.v1.request import RawHeaders
from trunkline.gateway.batches.batch_record import Place
from trunkline.gateway.context import CallContext

T = TypeVar("T")

PLACE: Final = b"x-trunkline-batch"
_PLACES: Final[dict[str, Place]] = {"local": "local", "provider": "provider"}


class BatchRequest:
    """``query`` has each parameter once. ``origin`` is where the client found us, such as ``https://host``."""

    __slots__ = ("_headers", "_pairs", "body", "context", "origin", "query")

    def __init__(self, body: bytes, query: bytes, headers: RawHeaders, context: CallContext, scheme: str) -> None:
        self.body = body
        self._pairs = parse_qsl(query.decode("latin-1"))
        self.query = dict(self._pairs)
        self.context = context
        self._headers = {name: value.decode("latin-1") for name, value in headers}
        self.origin = f"{scheme}://{self._headers.get(b'host', 'localhost')}"

    def header(self, name: bytes) -> str:
        """A field of the head; empty where there is none."""
        return self._headers.get(name, "")

    def values(self, name: str) -> list[str]:
        """All values of a parameter that may stand more than once."""
        return [value for key, value in self._pairs if key == name]

    @property
    def place(self) -> Place | None:
        """Who shall run the batch; None: whoever can."""
        word = self.header(PLACE)
        if word and word not in _PLACES:
            raise InvalidInput.of(PLACE.decode(), "must be local or provider. Leave it out for whichever there is.")
        return _PLACES.get(word)

    def read(self, kind: type[T]) -> T:
        """The body as a ``kind``. Raises InvalidInput that names the wrong field."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidInput.of("", f"The body is not what this call takes: {error}") from None

    def number(self, name: str, usual: int, most: int) -> int:
        """A parameter from 1 to ``most``."""
        word = self.query.get(name)
        if word is None:
            return usual
        if not (word.isascii() and word.isdecimal() and 1 <= int(word[:9]) <= most):
            raise InvalidInput.of(name, f"must be a whole number from 1 to {most:,}")
        return int(word)
