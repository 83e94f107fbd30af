"""A kind of thing that the server keeps, and how one of it is found by what a person calls it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, cast

import msgspec

from trunkline.cli.api import Api, find_path
from trunkline.cli.nearest import suggest_or_list
from trunkline.core.errors import Conflict, NotFound

Record: TypeAlias = dict[str, Any]
"""One of a kind, as the API sends it."""

Columns: TypeAlias = tuple[tuple[str, Callable[[Record], str]], ...]
"""The heads of a table, each with what writes its cell."""

SHORTEST_ID: Final = 6
"""Characters of an id's end that are enough to name it."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What is called ``noun``, kept at ``path``, and listed by ``trunkline command list``.

    ``names`` are the fields that people call it by; ``listed`` is the field of a list's answer that holds the items,
    None where the answer is the list; ``gather`` lists them where that takes more than one request; ``columns`` are the
    heads of its table, each with what stands in it.
    """

    noun: str
    command: str
    path: str
    columns: Columns
    names: tuple[str, ...] = ("name",)
    id: str = "id"
    listed: str | None = None
    gather: Callable[[Api], Awaitable[list[Record]]] | None = None

    async def list(self, api: Api) -> list[Record]:
        """All of them that the caller can see."""
        if self.gather is not None:
            return await self.gather(api)
        if self.listed is not None:
            return (await api.get(self.path, Record))[self.listed]
        return [msgspec.json.decode(item) for item in await api.list(self.path)]

    async def find(self, api: Api, which: str) -> Record:
        """The one of that name, id, or end of an id. Raises NotFound, which names the nearest, and Conflict."""
        every = await self.list(api)
        tests: tuple[Callable[[Record], bool], ...] = (
            lambda one: one[self.id] == which.lower(),
            lambda one: which in [one[name] for name in self.names],
            lambda one: which.lower() in [str(one[name]).lower() for name in self.names],
            lambda one: len(which) >= SHORTEST_ID and one[self.id].endswith(which.lower()),
        )
        for test in tests:
            found = [one for one in every if test(one)]
            if len(found) == 1:
                return found[0]
            if found:
                ids = ", ".join(one[self.id] for one in found)
                raise Conflict(f"Several {self.command} are called {which!r}. Say which by its id: {ids}.")
        hint = suggest_or_list(which, [str(one[name]) for one in every for name in self.names if one[name]])
        raise NotFound(
            f"There is no {self.noun} {which!r}." + (hint or f" `trunkline {self.command} list` shows which there are.")
        )

    async def find_id(self, api: Api, which: str) -> str:
        """The id of :meth:`find`."""
        return (await self.find(api, which))[self.id]

    def place(self, identity: str, *rest: str) -> str:
        """The path of one of them, and of what is below it."""
        return find_path(self.path, identity, *rest)

    def call(self, record: Record) -> str:
        """What to call ``record`` in a sentence."""
        return next((str(record[name]) for name in self.names if record.get(name)), record[self.id])


def text(field: str, empty: str = "–") -> Callable[[Record], str]:
    """Writes a field: yes and no, lists with commas, ``empty`` for nothing."""

    def write(record: Record) -> str:
        return write_value(record.get(field), empty)

    return write


def write_value(value: Any, empty: str = "–") -> str:
    """A JSON value as a person reads it."""
    if value is None or value in ("", [], {}):
        return empty
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if all(isinstance(one, str) for one in items):
            return ", ".join(items)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
