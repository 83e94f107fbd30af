"""All commands, and how their errors are told: one clear line, and an exit code that is not 0."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from trunkline import __version__
from trunkline.cli.output import complain
from trunkline.core.errors import TrunklineError

COMMANDS: Final[Mapping[str, str]] = {
    "serve": "serve:serve",
    "chat": "chat:chat",
    "usage": "usage:usage",
    "doctor": "doctor:doctor",
    "configurations": "configurations:app",
    "routes": "routes:app",
    "keys": "keys:app",
    "users": "users:app",
    "import": "import_litellm:app",
    "vault": "vault:app",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "reference": "reference:reference",
}
"""Each command and where it is: a module of this package, and a function or a group in it."""

HIDDEN: Final = frozenset({"reference"})


class Commands(TyperGroup):
    """Loads a command when it is asked for, so that each starts as fast as it can."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, as the help lists them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found = getattr(import_module(f"trunkline.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name, hidden=cmd_name in HIDDEN)(found)
            found = alone
        command = get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="trunkline",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Commands that need the server find it by the settings of this folder. For another one set TRUNKLINE_URL and"
    " TRUNKLINE_API_KEY; TRUNKLINE_WORKSPACE names another workspace than your personal one.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"Trunkline {__version__}")
        raise typer.Exit


@app.callback()
def _trunkline(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version.")
    ] = False,
) -> None:
    """Configure AI models and use them through one gateway."""


def main() -> None:
    """Run the command that the arguments name."""
    try:
        app()
    except TrunklineError as error:
        complain(error.message)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
