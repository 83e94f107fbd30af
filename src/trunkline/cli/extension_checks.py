"""What the doctor finds of extensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trunkline.cli.finding import Finding, fail, ok
from trunkline.control.processes.standing import Standing
from trunkline.extensions.loaded import Extensions

_REMEDY = "Repair or upgrade the package and restart, or take it out of TRUNKLINE_EXTENSIONS."


def examine_extensions(extensions: Extensions) -> Iterator[Finding]:
    """One finding for each extension that the settings name; none where they name none."""
    for one in extensions.loaded:
        yield ok(f"extension {one.package}", f"{one.version}: the {one.kind} {one.name}")
    for each in extensions.left_out:
        yield fail(f"extension {each.package}", f"It is left out: it {each.reason}", _REMEDY)


def judge_extensions(standings: Sequence[Standing]) -> Iterator[Finding]:
    """One finding for each extension that fails while the server runs."""
    for process in standings:
        where = process.name if process.name == "management" else f"worker {process.name}"
        for one in process.extensions:
            if one.state in ("failing", "cut"):
                cut = ". It is cut: once in a minute, one request tries it" if one.state == "cut" else ""
                message = f"The {one.kind} {one.name} fails in {where}: {one.reason}{cut}."
                yield fail(f"extension {one.package}", message, _REMEDY)
