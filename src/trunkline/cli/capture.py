"""``trunkline capture``: what the workspace keeps of the content of its requests."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, say

_PATH = "/api/capture"

app = typer.Typer(no_args_is_help=True, help="Content of requests and answers: keep some of it, or none.")


class Capture(msgspec.Struct, rename="camel"):
    """What is captured."""

    enabled: bool
    rate: float
    redact_personal_data: bool
    countries: list[str]
    keep_days: int
    kept: int


@app.command("show")
def show(json: Json = False) -> None:
    """Show what is captured."""
    _tell(call(lambda api: api.ask("GET", _PATH)), json=json)


@app.command("on")
def turn_on(
    rate: Annotated[float, typer.Option(help="The share of requests, above 0 and up to 1.")] = 1.0,
    days: Annotated[int, typer.Option(help="How long it is kept.")] = 7,
    redact: Annotated[bool, typer.Option("--redact-personal-data", help="Take personal data out, too.")] = False,
    country: Annotated[
        list[str] | None, typer.Option(help="A country whose national ids are personal data, such as DE; repeatable.")
    ] = None,
    json: Json = False,
) -> None:
    """Capture requests and answers from now on. Keys of providers, and ours, are always taken out."""
    body: dict[str, Any] = {
        "enabled": True,
        "rate": rate,
        "keepDays": days,
        "redactPersonalData": redact,
        "countries": country or [],
    }
    _tell(call(lambda api: api.ask("PUT", _PATH, body=body)), json=json)


@app.command("off")
def turn_off(json: Json = False) -> None:
    """Capture nothing more. What is kept stays for its time."""
    _tell(call(lambda api: api.ask("PUT", _PATH, body={"enabled": False})), json=json)


@app.command("erase")
def erase(json: Json = False) -> None:
    """Delete all that was captured."""
    answer = call(lambda api: api.ask("DELETE", _PATH))
    if json:
        print_json(answer)
        return
    say(f"Deleted the content of {msgspec.json.decode(answer)['erased']:,} requests.")


def _tell(answer: bytes, *, json: bool) -> None:
    if json:
        print_json(answer)
        return
    found = msgspec.json.decode(answer, type=Capture)
    if found.enabled:
        share = "Every request is" if found.rate == 1 else f"{found.rate:.3g} of the requests are"
        without = "keys and personal data" if found.redact_personal_data else "keys"
        say(f"{share} captured, without {without}, and kept for {found.keep_days} days.")
    else:
        say("Nothing is captured.")
    if found.kept:
        say(f"Content of {found.kept:,} requests is kept now.")
