"""Pages, and the cursors that lead from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.page import (
    PART,
    PageRequest,
    cut_page,
    decode_cursor,
    encode_cursor,
    read_page,
    read_place,
    write_place,
)
from trunkline.core.errors import InvalidInput


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=50))
def test_a_cursor_gives_back_its_key(key: str) -> None:
    assert decode_cursor(encode_cursor(key)) == key
    assert PageRequest(cursor=encode_cursor(key)).after == key


@given(st.text(max_size=30))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        key = decode_cursor(text)
    except InvalidInput:
        return
    assert encode_cursor(key) == text


@pytest.mark.parametrize("text", ["", "=", "é", "AA", "AAAA"])
def test_what_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        decode_cursor(text)
    assert [field.field for field in raised.value.fields] == ["cursor"]


class Shelf:
    """A list in a database, and how it was read."""

    def __init__(self, count: int) -> None:
        self.items = [f"{number:04}" for number in range(count)]
        self.asked: list[tuple[str | None, int]] = []

    async def read(self, after: str | None, limit: int) -> Sequence[str]:
        self.asked.append((after, limit))
        return [item for item in self.items if after is None or item > after][:limit]


@pytest.mark.parametrize(("count", "limit"), [(0, 3), (1, 3), (3, 3), (4, 3), (7, 3), (6, 3), (5, 1)])
async def test_pages_lead_through_all_of_a_list_once(count: int, limit: int) -> None:
    shelf, seen, pages = Shelf(count), list[str](), 0
    cursor: str | None = None
    while True:
        page = await read_page(shelf.read, PageRequest(limit, cursor), lambda item: item)
        assert len(page.items) <= limit
        seen += page.items
        pages += 1
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == shelf.items
    assert pages == max(1, -(-count // limit)), "the last page leads nowhere"
    assert {asked for _, asked in shelf.asked} == {limit + 1}


@pytest.mark.parametrize("count", [0, 1, PART - 1, PART, PART + 1, 3 * PART])
async def test_who_asks_for_no_page_gets_all_of_it_read_in_parts(count: int) -> None:
    shelf = Shelf(count)
    page = await read_page(shelf.read, None, lambda item: item)
    assert (list(page.items), page.next_cursor) == (shelf.items, None)
    assert {asked for _, asked in shelf.asked} == {PART}
    assert len(shelf.asked) == count // PART + 1


def test_a_place_is_a_moment_and_an_id() -> None:
    moment, identity = datetime(2026, 1, 31, 12, tzinfo=UTC), "01a22927-9a15-77a6-84dd-529f3f126ae4"
    assert read_place(write_place(moment, identity)) == (moment, identity)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-31", "x"])
def test_a_place_at_no_moment_is_none_of_ours(moment: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        read_place(f"{moment} 01a22927-9a15-77a6-84dd-529f3f126ae4")


def test_a_list_that_was_read_whole_is_cut_into_pages() -> None:
    items = [f"i{number}" for number in range(5)]
    pages: list[Sequence[str]] = []
    page: PageRequest | None = PageRequest(2)
    while page is not None:
        found = cut_page(items, page, str)
        pages.append(found.items)
        page = None if found.next_cursor is None else PageRequest(2, found.next_cursor)
    assert pages == [["i0", "i1"], ["i2", "i3"], ["i4"]]
    assert cut_page(items, PageRequest(5), str).next_cursor is None
    assert cut_page(items, None, str).items == items


def test_a_cursor_behind_what_is_gone_is_refused() -> None:
    with pytest.raises(InvalidInput) as raised:
        cut_page(["a"], PageRequest(2, encode_cursor("b")), str)
    assert [field.field for field in raised.value.fields] == ["cursor"]
