"""Usage told apart by anything, over time, and beside the time before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.cli.api import Api, call
from trunkline.cli.output import note, print_json, print_table, write_cost

INTERVALS: Final = ("hour", "day", "week", "month")


class _Sums(msgspec.Struct, rename="camel"):
    request_count: int
    error_count: int
    input_tokens: int
    output_tokens: int
    cost_nanos: int
    cost_usd: float = msgspec.field(name="costUSD")


class _Part(_Sums):
    key: str | None
    name: str | None
    previous: _Sums | None


class _Slice(_Sums):
    since: str = msgspec.field(name="from")
    until: str = msgspec.field(name="to")


class _Answer(msgspec.Struct, rename="camel"):
    series: list[_Slice]
    breakdown: list[_Part]
    other: _Sums | None
    previous: _Slice | None
    requests: int
    cost_usd: float = msgspec.field(name="costUSD")


class _Myself(msgspec.Struct):
    id: str


class _Me(msgspec.Struct):
    user: _Myself


def show_parts(by: str, span: Mapping[str, str | None], *, compare: bool, everybody: bool, json: bool) -> None:
    """Print the figures of each part or interval."""
    query = dict(span) | ({"interval": by} if by in INTERVALS else {"by": by})
    if compare:
        query["compare"] = "previous"

    async def work(api: Api) -> bytes:
        if not everybody:
            query["userId"] = (await api.get("/api/auth/me", _Me)).user.id
        return await api.ask("GET", "/api/usage", query=query)

    document = call(work)
    if json:
        print_json(document)
        return
    answer = msgspec.json.decode(document, type=_Answer)
    columns = [by, ">calls", ">errors", ">tokens in", ">tokens out", ">cost"]
    rows = [[_write_moment(one.since), *_row(one)] for one in answer.series if one.request_count or one.cost_nanos]
    if by not in INTERVALS:
        rows = [[one.name or one.key or "–", *_row(one)] for one in answer.breakdown]
        if answer.other is not None:
            rows.append(["others", *_row(answer.other)])
        if compare:
            columns.append(">before")
            rows = [
                [*row, write_cost(one.previous.cost_usd) if one.previous else ""]
                for row, one in zip(rows, answer.breakdown, strict=False)
            ]
    print_table(columns, rows, empty="Nothing was used in this time.")
    note(f"{answer.requests:,} calls, {write_cost(answer.cost_usd)}.")
    if answer.previous is not None:
        before = answer.previous
        note(
            f"Before, from {_write_moment(before.since)} to {_write_moment(before.until)}:"
            f" {before.request_count:,} calls, {write_cost(before.cost_usd)}."
        )


def _write_moment(moment: str) -> str:
    """As UTC, to the minute."""
    return f"{moment[:16].replace('T', ' ')} UTC"


def _row(sums: _Sums) -> list[str]:
    return [
        f"{sums.request_count:,}",
        f"{sums.error_count:,}",
        f"{sums.input_tokens:,}",
        f"{sums.output_tokens:,}",
        write_cost(sums.cost_usd),
    ]
