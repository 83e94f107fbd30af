"""Long lists on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest

from trunkline.control.page import PART
from trunkline.faces.http.paging import write_list
from trunkline.faces.http.wire import ResponseBody


class Shelf(ResponseBody):
    """A body with a list at its end."""

    shelf_name: str
    books: list[str]


def make(books: Sequence[str]) -> Shelf:
    return Shelf(shelf_name="two ]} and [", books=list(books))


@pytest.mark.parametrize("count", [0, 1, PART - 1, PART, PART + 1, 3 * PART])
async def test_a_list_in_parts_is_what_it_is_in_one(count: int) -> None:
    books = [f'"{number}" ]}}, [' for number in range(count)]
    response = await write_list(make, books, {"link": "<next>"})
    assert json.loads(bytes(response.body)) == {"shelfName": "two ]} and [", "books": books}
    assert bytes(response.body) == make(books).model_dump_json(by_alias=True).encode()
    assert response.headers["content-type"] == "application/json"
    assert response.headers["link"] == "<next>"


async def test_others_get_their_turn_between_the_parts() -> None:
    turns = list[int]()
    sizes = list[int]()

    async def work() -> None:
        while True:
            turns.append(len(sizes))
            await asyncio.sleep(0)

    def note(books: Sequence[str]) -> Shelf:
        sizes.append(len(books))
        return make(books)

    other = asyncio.create_task(work())
    await asyncio.sleep(0)
    await write_list(note, ["book"] * (3 * PART), {})
    other.cancel()
    assert max(sizes) == PART
    assert len(set(turns)) >= 3
