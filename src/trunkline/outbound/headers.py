"""The headers of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Headers:
    """Header fields in the order they came, looked up by lower-case name. Values are latin-1 text, as HTTP has it.

    Reading is lazy, because most answers have 15 fields of which one or two are looked at.
    """

    __slots__ = ("_index", "_raw")

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self._raw = raw
        self._index: dict[bytes, bytes] | None = None

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        """From text, for transports that have no bytes."""
        return cls([(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs])

    def get(self, name: str) -> str | None:
        """The value of ``name`` (lower case); repeated fields are joined by ``", "``; None when there is none.

        https://www.rfc-editor.org/rfc/rfc9110#name-field-order
        """
        index = self._index
        if index is None:
            index = self._index = {}
            for key, value in self._raw:
                lower = key.lower()
                index[lower] = index[lower] + b", " + value if lower in index else value
        found = index.get(name.encode("latin-1"))
        return None if found is None else found.decode("latin-1")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Pairs of lower-case name and value, one per field, as they came."""
        for name, value in self._raw:
            yield name.decode("latin-1").lower(), value.decode("latin-1")

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __len__(self) -> int:
        return len(self._raw)

    def __repr__(self) -> str:
        return f"Headers({sorted({name for name, _ in self})})"
