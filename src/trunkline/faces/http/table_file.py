"""Long tables as files: CSV (RFC 4180) or JSON, written as they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from fastapi import Query
from starlette.responses import StreamingResponse

Form = Literal["csv", "json"]
FormDep = Annotated[Form, Query(alias="format", description="`csv` or `json`.")]

_TYPES: Final[Mapping[Form, str]] = {"csv": "text/csv; charset=utf-8", "json": "application/json"}

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that spreadsheets run: https://owasp.org/www-community/attacks/CSV_Injection"""

FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        },
        "description": "The table, as a file.",
    }
}
"""What a route of such a file says of its answer, for the description of the API."""

Row = Mapping[str, Any]


def send_table(name: str, form: Form, columns: Sequence[str], pages: AsyncGenerator[list[Row]]) -> StreamingResponse:
    """A response that is the file ``name``, of which no more than a page is in memory."""
    return StreamingResponse(
        _write_csv(columns, pages) if form == "csv" else _write_json(pages),
        media_type=_TYPES[form],
        headers={"content-disposition": f'attachment; filename="{name}.{form}"', "cache-control": "no-store"},
    )


async def _write_csv(columns: Sequence[str], pages: AsyncGenerator[list[Row]]) -> AsyncGenerator[bytes]:
    yield _write_lines([columns])
    async for page in pages:
        if page:
            yield _write_lines([[_write_cell(row.get(name)) for name in columns] for row in page])


async def _write_json(pages: AsyncGenerator[list[Row]]) -> AsyncGenerator[bytes]:
    lead = b"["
    async for page in pages:
        for row in page:
            yield lead + msgspec.json.encode(row)
            lead = b",\n"
    yield b"[]" if lead == b"[" else b"]\n"


def _write_lines(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _write_cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it, which it takes for text.

    What is true or false is written as in JSON.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        value = msgspec.json.encode(value).decode()
    elif isinstance(value, list):
        value = ",".join(map(str, cast("list[object]", value)))
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
