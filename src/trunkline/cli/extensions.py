"""``trunkline extensions``: packages that extend this server, and a template for one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from trunkline.cli.installed_extensions import list_named, load_named
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.extensions.kind import ExtensionKind

app = typer.Typer(no_args_is_help=True, help="Python packages that add providers, gates and alert channels.")


class Line(msgspec.Struct):
    """An extension, or a package that is left out. ``off``: the settings do not name it."""

    package: str
    version: str
    kind: str
    name: str
    state: str
    reason: str


@app.command("list")
def list_extensions(json: Json = False) -> None:
    """Show the extensions that are installed here, and which of them this folder's settings name."""
    lines = _read_lines()
    if json:
        print_json(msgspec.json.encode(lines))
        return
    print_table(
        ["package", "version", "kind", "name", "state", ""],
        [msgspec.structs.astuple(line) for line in lines],
        empty="None is installed. Write one: trunkline extensions new NAME --kind provider",
    )
    if any(line.state == "off" for line in lines):
        note("What is off is not loaded: name its package in TRUNKLINE_EXTENSIONS, and restart.")


@app.command("new")
def new_extension(
    name: Annotated[str, typer.Argument(help="What it is called, such as `acme`.")],
    kind: Annotated[ExtensionKind, typer.Option(help="What it adds.")] = "provider",
    folder: Annotated[Path, typer.Option(help="Where the folder of the package is made.")] = Path(),
) -> None:
    """Write a package to begin with: an extension that works, and its tests."""
    from trunkline.extensions.template import write_template  # noqa: PLC0415 - as above

    made = write_template(name, kind, folder)
    say(f"{made} has the {kind} {name}. Run its tests: cd {made} && pytest")
    note(f"To use it: pip install {made}, set TRUNKLINE_EXTENSIONS={made.name}, and restart.")


def _read_lines() -> list[Line]:
    from trunkline.extensions.package import list_packages  # noqa: PLC0415 - other commands need no list

    found, named = load_named(), list_named()
    lines = [Line(one.package, one.version, one.kind, one.name, "loaded", "") for one in found.loaded]
    lines += [Line(one.package, "", "", "", "left out", f"It {one.reason}") for one in found.left_out]
    for package in list_packages():
        if package.name not in named:
            lines += [
                Line(package.name, package.version, kind, point.name, "off", "") for kind, point in package.points
            ]
    return sorted(lines, key=lambda line: (line.package, line.kind, line.name))
