"""Pages of long lists, and the cursors that lead from one to the next."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from trunkline.core.errors import InvalidInput
from trunkline.core.ids import is_id

T = TypeVar("T")

DEFAULT_LIMIT: Final = 50
LARGEST_LIMIT: Final = 100

_NOT_OURS: Final = "it is not one that a list has given; leave it out to start at the first page."

PART: Final = 30
"""Items that are read at once of a list that is asked for whole: some milliseconds, for which other requests wait."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list. ``next_cursor`` leads to what follows; None at the end."""

    items: Sequence[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: ``limit`` items after ``cursor`` (None: from the start)."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None

    @property
    def after(self) -> str | None:
        """The key of the last item of the page before. :class:`InvalidInput` when the cursor is not one of ours."""
        return None if self.cursor is None else decode_cursor(self.cursor)


async def read_page(
    read: Callable[[str | None, int], Awaitable[Sequence[T]]], page: PageRequest | None, key: Callable[[T], str]
) -> Page[T]:
    """The page that is asked for; without one, the whole list, read in parts so that others get their turn.

    ``read`` gives as many items as it is asked for, from behind the one of that ``key`` on.
    """
    if page is not None:
        found = await read(page.after, page.limit + 1)
        kept = found[: page.limit]
        return Page(kept, encode_cursor(key(kept[-1])) if len(found) > page.limit else None)
    items: list[T] = []
    after: str | None = None
    while True:
        found = await read(after, PART)
        items += found
        if len(found) < PART:
            return Page(items)
        after = key(found[-1])
        await asyncio.sleep(0)


def cut_page(items: Sequence[T], page: PageRequest | None, key: Callable[[T], str]) -> Page[T]:
    """The page that is asked for of a list that is never long, and was read whole; without one, all of it.

    Raises InvalidInput on the field ``cursor`` when what it is behind is not in the list, or not any more.
    """
    if page is None:
        return Page(items)
    first, after = 0, page.after
    if after is not None:
        first = next((number for number, item in enumerate(items, 1) if key(item) == after), 0)
        if not first:
            raise InvalidInput.of("cursor", _NOT_OURS)
    kept = items[first : first + page.limit]
    return Page(kept, encode_cursor(key(kept[-1])) if first + page.limit < len(items) else None)


def write_place(moment: datetime, identity: str) -> str:
    """The key of an item in a list that is sorted by a time and, where that is the same, by the id."""
    return f"{moment.isoformat()} {identity}"


def read_place(key: str) -> tuple[datetime, str]:
    """The time and the id in a key of :func:`write_place`. Raises InvalidInput on the field ``cursor``."""
    text, _, identity = key.partition(" ")
    try:
        moment = datetime.fromisoformat(text)
        moment = None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not is_id(identity):
        raise InvalidInput.of("cursor", _NOT_OURS)
    return moment, identity


def encode_cursor(key: str) -> str:
    """The cursor behind the item with ``key``. Opaque to callers, who may only hand it back."""
    return base64.urlsafe_b64encode(key.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> str:
    """The key in ``cursor``. :class:`InvalidInput` when it is none of ours."""
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        key = ""
    if not key or not key.isprintable() or encode_cursor(key) != cursor:
        raise InvalidInput.of("cursor", _NOT_OURS)
    return key
