"""Records: what use cases give of rows, with the fields of the same names copied."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Beside:
    """An object with some attributes of its own, and those of ``row`` for the rest."""

    def __init__(self, row: object, /, **own: object) -> None:
        self.__dict__.update(own)
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def read_record(kind: type[T], row: object, **beside: object) -> T:
    """A ``kind`` (a struct or a dataclass) of ``row``: each field is that of ``beside``, else the row's attribute.

    Raises msgspec's ValidationError where a field is in neither, or of another type: that is a fault in the code.
    """
    return msgspec.convert(Beside(row, **beside) if beside else row, kind, from_attributes=True)
