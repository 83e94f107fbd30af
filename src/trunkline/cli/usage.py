"""``trunkline usage``: what was used, and what it cost."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, write_cost
from trunkline.cli.usage_parts import show_parts


class Figures(msgspec.Struct, rename="camel"):
    """The figures of a part."""

    request_count: int
    input_tokens: int
    output_tokens: int
    unpriced_count: int
    error_count: int
    average_latency: int
    cost_usd: float = msgspec.field(name="costUSD")


class Part(Figures):
    """A part, under whichever of its names it has."""

    configuration_id: str | None = None
    name: str | None = None
    model: str | None = None
    date: str | None = None


class Missing(msgspec.Struct):
    """What no price is known of, and in how many calls."""

    what: str
    calls: int


class Report(msgspec.Struct, rename="camel"):
    """A user's report."""

    period_start: str
    period_end: str
    totals: Figures
    by_configuration: list[Part]
    by_model: list[Part]
    by_day: list[Part]
    price_missing: list[Missing] = []


By = Literal[
    "model",
    "configuration",
    "day",
    "hour",
    "week",
    "month",
    "provider",
    "user",
    "key",
    "application",
    "feature",
    "route",
    "version",
    "tag",
    "purpose",
    "outcome",
]


def usage(
    period: Annotated[
        Literal["day", "week", "month", "all"] | None, typer.Option(help="The current period. Default: month.")
    ] = None,
    by: Annotated[By, typer.Option(help="How to group the figures.")] = "model",
    since: Annotated[str | None, typer.Option(help="From a date or time on, in place of a period.")] = None,
    until: Annotated[str | None, typer.Option(help="To a date, which is included, or a time.")] = None,
    compare: Annotated[bool, typer.Option(help="Beside the same time before.")] = False,
    tz: Annotated[str | None, typer.Option(help="The time zone of days, such as Europe/Berlin. Default: UTC.")] = None,
    everybody: Annotated[bool, typer.Option(help="For admins: the usage of the whole workspace.")] = False,
    json: Json = False,
) -> None:
    """Show what you used and what it cost."""
    span = {"period": period, "from": since, "to": until, "timeZone": tz}
    if not (since or until):
        span["period"] = period or "month"
    if by not in {"model", "configuration", "day"} or compare or everybody:
        show_parts(by, span, compare=compare, everybody=everybody, json=json)
        return
    document = call(lambda api: api.ask("GET", "/api/usage/report", query=span))
    if json:
        print_json(document)
        return
    report = msgspec.json.decode(document, type=Report)
    parts = {"model": report.by_model, "configuration": report.by_configuration, "day": report.by_day}[by]
    rows = [[_name(part, by), *_row(part)] for part in parts]
    if len(rows) > 1:
        rows.append(["total", *_row(report.totals)])
    print_table(
        [by, ">calls", ">errors", ">tokens in", ">tokens out", ">average", ">cost"],
        rows,
        empty='Nothing was used yet. Try: trunkline chat "Say hello."',
    )
    note(f"{report.period_start} to {report.period_end}, {tz or 'UTC'}.")
    if report.totals.unpriced_count:
        note(_lacking(report))


_WORDS: Final = {
    "model": "models without a known price",
    "serviceTier": "the service tier",
    "speed": "the speed",
    "inferenceGeo": "the inference geography",
    "audioInput": "audio input",
    "audioOutput": "audio output",
    "images": "images",
    "moderations": "moderations",
    "rerankings": "rerankings",
    "webSearches": "web searches",
    "mapSearches": "map searches",
    "fileSearches": "file searches",
    "codeRuns": "code runs",
}


def _lacking(report: Report) -> str:
    calls = report.totals.unpriced_count
    what = ", ".join(f"{_WORDS.get(one.what, one.what)} ({one.calls:,})" for one in report.price_missing)
    noun = "1 call is" if calls == 1 else f"{calls:,} calls are"
    return f"{noun} not, or not fully, in the cost. No price is known for: {what or _WORDS['model']}."


def _name(part: Part, by: str) -> str:
    if by == "configuration":
        return part.name or (f"{part.configuration_id} (gone)" if part.configuration_id else "–")
    return (part.model if by == "model" else part.date) or "–"


def _row(figures: Figures) -> list[str]:
    return [
        f"{figures.request_count:,}",
        f"{figures.error_count:,}",
        f"{figures.input_tokens:,}",
        f"{figures.output_tokens:,}",
        f"{figures.average_latency:,} ms",
        write_cost(figures.cost_usd),
    ]
