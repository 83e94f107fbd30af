"""``trunkline status``: how configurations and providers are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, write_moment

_WORDS: Final = {"rate_limited": "rate limited", "unauthorized": "key rejected", "unknown": "not known"}


class Error(msgspec.Struct):
    """The last failure."""

    message: str


class Part(msgspec.Struct, rename="camel"):
    """A configuration."""

    name: str
    provider: str
    state: str
    since: datetime | None
    uptime: float | None
    calls: int
    p50_ms: int | None
    p95_ms: int | None
    last_error: Error | None
    breakers: list[msgspec.Raw]


class Page(msgspec.Struct, rename="camel"):
    """Some configurations, and the word for all."""

    state: str
    configurations: list[Part]


def status(
    cell: Annotated[
        Literal["quarter", "day"], typer.Option(help="Figures of 90 quarters of an hour, or of 90 days.")
    ] = "quarter",
    json: Json = False,
) -> None:
    """Show how your configurations and their providers are."""
    if json:
        print_json(call(lambda api: api.ask("GET", "/api/status", query={"cell": cell, "limit": "100"})))
        return
    word, parts = call(lambda api: _read_all(api, cell))
    print_table(
        ["configuration", "provider", "state", "since", ">calls", ">uptime", ">p50", ">p95", "last error"],
        [_row(part) for part in parts],
        empty="There are no configurations. Add one: trunkline configurations add",
    )
    if parts:
        note(f"Over all: {_write_state(word)}. Figures are of {'22.5 hours' if cell == 'quarter' else '90 days'}.")


async def _read_all(api: Api, cell: str) -> tuple[str, list[Part]]:
    parts: list[Part] = []
    word = "unknown"
    async for document in api.pages("/api/status", query={"cell": cell, "limit": "100"}):
        page = msgspec.json.decode(document, type=Page)
        word = page.state
        parts += page.configurations
    return word, parts


def _row(part: Part) -> list[str]:
    state = _write_state(part.state)
    if part.breakers:
        state += " (routes pass it over)"
    return [
        part.name,
        part.provider,
        state,
        write_moment(part.since),
        f"{part.calls:,}",
        "–" if part.uptime is None else f"{part.uptime:.2%}",
        _write_ms(part.p50_ms),
        _write_ms(part.p95_ms),
        "–" if part.last_error is None else part.last_error.message,
    ]


def _write_state(state: str) -> str:
    return _WORDS.get(state, state)


def _write_ms(value: int | None) -> str:
    return "–" if value is None else f"{value:,} ms"
