"""Versions on the wire: ``ETag`` out, ``If-Match`` in (RFC 9110, sections 8.8.3 and 13.1.1)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from trunkline.core.errors import InvalidInput


def write_etag(revision: int) -> str:
    """The ETag of a revision."""
    return f'"{revision}"'


async def read_if_match(
    if_match: Annotated[str | None, Header(description="The `ETag` that you change from.")] = None,
) -> int | None:
    """The revision that the caller changes from; None when it does not say, or says ``*``.

    :class:`InvalidInput` for what is no ETag of ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidInput.of("If-Match", "send one ETag, as an answer of ours gave it.")
    return int(text)


IfMatchDep = Annotated[int | None, Depends(read_if_match)]
