"""How commands say things: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE: Final = 10_000
"""Columns where there is no terminal: whoever reads a pipe wants whole lines."""

_SAFE: Final = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def clean(text: str) -> str:
    """``text`` without control characters, which could make a terminal do things: models and names may hold any."""
    return text.translate(_SAFE)


def make_console(*, stderr: bool = False) -> Console:
    """A console that highlights nothing and, without a terminal, cuts no line."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else _WIDE)


def say(text: str, *, style: str = "") -> None:
    """A line of the result."""
    make_console().print(Text(clean(text), style=style))


def note(text: str, *, style: str = "dim") -> None:
    """A line beside the result, on standard error."""
    make_console(stderr=True).print(Text(clean(text), style=style))


def complain(text: str) -> None:
    """The one line that tells what went wrong and what to do."""
    make_console(stderr=True).print(Text.assemble(("Error: ", "bold red"), clean(text)))


def print_json(document: bytes) -> None:
    """A JSON document for machines, indented."""
    sys.stdout.buffer.write(msgspec.json.format(document, indent=2) + b"\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], *, empty: str) -> None:
    """A table, or ``empty`` when there are no rows. Columns whose name begins with ``>`` are flush right."""
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=any(columns))
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row))
    if table.row_count:
        make_console().print(table)
    else:
        note(empty)


def write_moment(moment: datetime | None) -> str:
    """A time in the reader's zone, to the minute; ``–`` for none."""
    return "–" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"


def write_cost(dollars: float) -> str:
    """``$0.0004``: as many places as are needed to see two digits, never fewer than two."""
    if dollars == 0:
        return "$0"
    places = 2
    while places < 9 and dollars * 10**places < 10:
        places += 1
    return f"${dollars:,.{places}f}"
