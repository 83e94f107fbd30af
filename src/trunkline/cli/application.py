"""All commands, and how their errors are told: one clear line, and an exit code that is not 0."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from trunkline import __version__
from trunkline.cli.installed_extensions import use_named
from trunkline.cli.nearest import suggest
from trunkline.cli.output import complain
from trunkline.core.errors import TrunklineError

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "serve": ("local_commands:serve", "Start the server."),
    "chat": ("chat:chat", "Chat with a model through the running server."),
    "status": ("status:status", "Show how your configurations and their providers are."),
    "usage": ("usage:usage", "Show what you used and what it cost."),
    "requests": ("requests:app", "Requests one by one, and each one's whole life."),
    "prices": ("prices:app", "Prices of your own, in place of those of the list."),
    "doctor": ("local_commands:doctor", "Find out what does not work, and what to do about it."),
    "extensions": ("extensions:app", "Python packages that add providers, gates and alert channels."),
    "configurations": ("configurations:app", "Configurations: a provider, a model, a key and parameters."),
    "models": ("models:app", "Models of providers, and local models of Ollama."),
    "providers": ("providers:app", "Providers that Trunkline knows."),
    "templates": ("templates:app", "Settings to begin a configuration with."),
    "routes": ("routes:app", "Routes: one name for several configurations, with fallback."),
    "cache": ("cache:app", "Responses that are kept and used again."),
    "applications": ("applications:app", "Programs, with their own configurations and keys."),
    "model-configs": ("model_configs:app", "Model configs of applications, their versions and experiments."),
    "features": ("features:app", "Tools of your app, called as `feature/SLUG`."),
    "conversations": ("conversations:app", "Conversations with features and models."),
    "batches": ("batches:app", "Many requests at once, answered within a day."),
    "files": ("files:app", "The requests of batches, and their results."),
    "budgets": ("budgets:app", "What requests may cost."),
    "policies": ("policies:app", "Rules that every call is held to."),
    "mcp-servers": ("mcp_servers:app", "MCP servers that API keys reach at `/mcp/NAME`."),
    "keys": ("keys:app", "API keys for apps."),
    "limits": ("limits:app", "Limits: how much each may use."),
    "alerts": ("alerts:app", "What is wrong, and who is told."),
    "retention": ("retention:retention", "Show or set how long things are kept."),
    "capture": ("capture:app", "Content of requests and answers: keep some of it, or none."),
    "users": ("users:app", "Users of this installation."),
    "identity-providers": ("identity_providers:app", "Single sign-on: who vouches for people."),
    "workspaces": ("workspaces:app", "People who share configurations, routes and policies."),
    "audit": ("audit:app", "Show who did what, and check that nobody has changed it."),
    "apply": ("apply:apply", "Make a workspace what a file says."),
    "export": ("export:export", "Write a workspace as a file."),
    "import": ("import_litellm:app", "Take over what another gateway is set up for."),
    "vault": ("local_commands:vault", "The keys that everything is encrypted with."),
    "backup": ("local_commands:backup", "Write a backup of the data folder."),
    "restore": ("local_commands:restore", "Bring a backup back."),
    "reference": ("local_commands:reference", "Write the reference pages."),
}
"""Each command: where it is (a module of this package, and a function or a group in it), and what it is for."""

HIDDEN: Final = frozenset({"reference"})


class Commands(TyperGroup):
    """Loads a command when it is run, so that each starts as fast as it can."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, as the help lists them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What the help shows of a command; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1], hidden=cmd_name in HIDDEN)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that ``args`` begin with, and what is left of them. A usage error names the nearest."""
        name, *rest = args
        if name not in COMMANDS:
            known = [one for one in COMMANDS if one not in HIDDEN]
            ctx.fail(f"No such command {name!r}.{suggest(name, known)}")
        return name, load_command(name), rest


def load_command(name: str) -> Any:
    """The command itself."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"trunkline.cli.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name, hidden=name in HIDDEN)(found)
        found = alone
    command = get_command(found)
    command.name = name
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
        with use_named():
            app()
    except TrunklineError as error:
        complain(error.message)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
