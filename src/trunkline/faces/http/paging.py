"""Pages on the wire: ``?limit=&cursor=`` in, a ``Link`` header out (RFC 8288)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.page import DEFAULT_LIMIT, LARGEST_LIMIT, PART, Page, PageRequest

T = TypeVar("T")

_END: Final = b"]}"


CursorDep = Annotated[str | None, Query(max_length=512, description="From the `Link` header of the page before.")]


async def read_page(
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="Items on a page.")] = DEFAULT_LIMIT,
    cursor: CursorDep = None,
) -> PageRequest:
    """The page that is asked for."""
    return PageRequest(limit, cursor)


async def read_optional_page(
    limit: Annotated[
        int | None, Query(ge=1, le=LARGEST_LIMIT, description="Items on a page. Without it and `cursor`: all.")
    ] = None,
    cursor: CursorDep = None,
) -> PageRequest | None:
    """The page that is asked for; None: the whole list, for who knows no pages."""
    return None if limit is None and cursor is None else PageRequest(limit or DEFAULT_LIMIT, cursor)


async def write_list(
    make: Callable[[Sequence[T]], BaseModel], items: Sequence[T], headers: Mapping[str, str]
) -> Response:
    """A body that may be very long, written in parts, so that others get their turn between them.

    ``make`` gives the body with some of ``items``, which are its last field.
    """

    def write(some: Sequence[T]) -> bytes:
        return make(some).model_dump_json(by_alias=True).encode()

    head = write(()).removesuffix(_END)
    parts: list[bytes] = []
    for start in range(0, len(items), PART):
        parts.append(write(items[start : start + PART])[len(head) :].removesuffix(_END))
        await asyncio.sleep(0)
    return Response(head + b",".join(parts) + _END, media_type="application/json", headers={**headers})


OptionalPageDep = Annotated[PageRequest | None, Depends(read_optional_page)]
PageDep = Annotated[PageRequest, Depends(read_page)]


def link_next(request: Request, response: Response, page: Page[Any]) -> None:
    """Say in ``response`` where the next page is, if there is one. Relative, so that it holds behind any proxy."""
    if page.next_cursor is not None:
        query = request.url.include_query_params(cursor=page.next_cursor).query
        path = f"{request.scope.get('root_path', '')}{request.scope['path']}"
        response.headers["Link"] = f'<{path}?{query}>; rel="next"'
