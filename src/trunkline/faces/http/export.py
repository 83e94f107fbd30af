"""Long lists as files, sent while they are read, so that their length costs no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.responses import StreamingResponse

Format = Literal["csv", "json"]

_TYPES: Final = {"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


async def read_format(
    format: Annotated[  # noqa: A002 - the parameter's name on the wire
        Format, Query(description="`csv`: a table with a head. `json`: one JSON object per line.")
    ] = "csv",
) -> Format:
    """The format that is asked for."""
    return format


EXPORTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {media_type: {"schema": {"type": "string"}} for media_type in ("text/csv", "application/x-ndjson")},
    }
}
"""What a route that exports says of its answer."""

FormatDep = Annotated[Format, Depends(read_format)]


def send_export(
    name: str, wanted: Format, model: type[BaseModel], parts: AsyncIterable[Sequence[BaseModel]]
) -> StreamingResponse:
    """A file called ``name``, with a line for each item of ``parts``; its columns are the fields of ``model``."""
    columns = [field.serialization_alias or field.alias or key for key, field in model.model_fields.items()]
    lines = _write_csv(columns, parts) if wanted == "csv" else _write_lines(parts)
    suffix = "csv" if wanted == "csv" else "ndjson"
    disposition = f'attachment; filename="{name}.{suffix}"'
    return StreamingResponse(lines, media_type=_TYPES[wanted], headers={"content-disposition": disposition})


async def _write_lines(parts: AsyncIterable[Sequence[BaseModel]]) -> AsyncIterator[str]:
    async for part in parts:
        yield "".join(item.model_dump_json(by_alias=True) + "\n" for item in part)


async def _write_csv(columns: Sequence[str], parts: AsyncIterable[Sequence[BaseModel]]) -> AsyncIterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    async for part in parts:
        for item in part:
            row = item.model_dump(mode="json", by_alias=True)
            writer.writerow([write_cell(row[column]) for column in columns])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def write_cell(value: Any) -> str:
    """``value`` as the text of a cell.

    A text that a spreadsheet would take for a formula gets an apostrophe before it:
    https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, bool | dict | list):
        return msgspec.json.encode(value).decode()
    return str(value)
