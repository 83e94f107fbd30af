"""Pages on the wire: ``?limit=&cursor=`` in, a ``Link`` header out (RFC 8288)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
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


PageDep = Annotated[PageRequest, Depends(read_page)]


def link_next(request: Request, response: Response, page: Page[Any]) -> None:
    """Say in ``response`` where the next page is, if there is one. Relative, so that it holds behind any proxy."""
    if page.next_cursor is not None:
        query = request.url.include_query_params(cursor=page.next_cursor).query
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
