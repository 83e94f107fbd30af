"""``trunkline doctor``: what works here, what does not, and what to do about it."""

from __future__ import annotations

import asyncio

import msgspec
import typer
from rich.text import Text

from trunkline.cli.extension_checks import examine_extensions
from trunkline.cli.finding import Finding
from trunkline.cli.installation_checks import examine_installation
from trunkline.cli.installed_extensions import load_named
from trunkline.cli.machine_checks import examine_machine
from trunkline.cli.output import clean, make_console, print_json
from trunkline.cli.process_checks import examine_processes
from trunkline.cli.safety_checks import examine_safety
from trunkline.cli.server_checks import examine_server
from trunkline.settings import Settings, read_settings

_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def doctor(*, json: bool) -> None:
    """Check everything, and tell what was found. Exits with 1 when a check fails."""
    settings = read_settings()
    with make_console(stderr=True).status("Looking …"):
        findings = asyncio.run(_examine(settings))
    if json:
        print_json(msgspec.json.encode(findings))
    else:
        console = make_console()
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            console.print(_write(finding, width))
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> list[Finding]:
    findings = [*examine_machine(settings), *examine_safety(settings)]
    findings += examine_extensions(load_named())
    findings += [finding async for finding in examine_installation(settings)]
    findings += [finding async for finding in examine_server(settings)]
    findings += [finding async for finding in examine_processes(settings)]
    return findings


def _write(finding: Finding, width: int) -> Text:
    text = Text.assemble(_MARKS[finding.state], f" {finding.name:<{width}}  {clean(finding.message)}")
    if finding.remedy:
        text.append(f"\n  {'':<{width}}  {clean(finding.remedy)}", style="dim")
    return text
