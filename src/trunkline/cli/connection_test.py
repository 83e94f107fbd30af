"""How a connection test is shown: each stage as it went, and the verdict."""

from __future__ import annotations

import msgspec
import typer
from rich.text import Text

from trunkline.cli.output import clean, make_console, print_json


class Stage(msgspec.Struct):
    """One step of a test; ``ms`` is None where it was not measured by itself."""

    name: str
    ok: bool
    ms: int | None
    message: str


class Outcome(msgspec.Struct, rename="camel"):
    """How a test ended."""

    success: bool
    message: str
    stages: list[Stage]
    latency_ms: int
    cached: bool


def show_test(document: bytes, *, json: bool) -> None:
    """Print a test's answer. Ends the command with exit code 1 when the test failed."""
    outcome = msgspec.json.decode(document, type=Outcome)
    if json:
        print_json(document)
    else:
        console = make_console()
        for stage in outcome.stages:
            console.print(_write(stage))
        cached = ", from the last minute" if outcome.cached else ""
        verdict = "It works" if outcome.success else "It does not work"
        console.print(Text(f"{verdict} ({outcome.latency_ms:,} ms{cached}). {clean(outcome.message)}"))
    if not outcome.success:
        raise typer.Exit(1)


def _write(stage: Stage) -> Text:
    mark = ("✓", "green") if stage.ok else ("✗", "red")
    ms = f"{stage.ms:>6,} ms" if stage.ms is not None else " " * 9
    return Text.assemble(mark, f" {stage.name:<10}", (ms, "dim"), f"  {clean(stage.message)}")
