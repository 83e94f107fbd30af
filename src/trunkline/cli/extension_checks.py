"""What the doctor finds of extensions."""

from __future__ import annotations

from collections.abc import Iterator

from trunkline.cli.finding import Finding, fail, ok
from trunkline.extensions.loaded import Extensions

_REMEDY = "Repair or upgrade the package and restart, or take it out of TRUNKLINE_EXTENSIONS."


def examine_extensions(extensions: Extensions) -> Iterator[Finding]:
    """One finding for each extension that the settings name; none where they name none."""
    for one in extensions.loaded:
        yield ok(f"extension {one.package}", f"{one.version}: the {one.kind} {one.name}")
    for each in extensions.left_out:
        yield fail(f"extension {each.package}", f"It is left out: it {each.reason}", _REMEDY)
