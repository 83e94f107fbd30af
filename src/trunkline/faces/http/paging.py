"""Pages on the wire: ``?limit=&cursor=`` in, a ``Link`` header out (RFC 8288)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.page import DEFAULT_LIMIT, LARGEST_LIMIT, Page, PageRequest


async def read_page(
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="Items on a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=512, description="From the `Link` header of the page before.")
    ] = None,
) -> PageRequest:
    """The page that is asked for."""
    return PageRequest(limit, cursor)


async def read_optional_page(
    limit: Annotated[
        int | None, Query(ge=1, le=LARGEST_LIMIT, description="Items on a page. Without it and `cursor`: all.")
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=512, description="From the `Link` header of the page before.")
    ] = None,
) -> PageRequest | None:
    """The page that is asked for; None: the whole list, for who knows no pages."""
    return None if limit is None and cursor is None else PageRequest(limit or DEFAULT_LIMIT, cursor)


async def write_list(make: Callable[[], BaseModel], headers: Mapping[str, str]) -> Response:
    """A body that may be very long, made in a thread, so that others get their turn meanwhile."""
    body = await asyncio.to_thread(lambda: make().model_dump_json(by_alias=True).encode())
    return Response(body, media_type="application/json", headers={**headers})


OptionalPageDep = Annotated[PageRequest | None, Depends(read_optional_page)]
PageDep = Annotated[PageRequest, Depends(read_page)]


def link_next(request: Request, response: Response, page: Page[Any]) -> None:
    """Say in ``response`` where the next page is, if there is one. Relative, so that it holds behind any proxy."""
    if page.next_cursor is not None:
        query = request.url.include_query_params(cursor=page.next_cursor).query
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
