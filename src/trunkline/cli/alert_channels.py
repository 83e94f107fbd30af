"""``trunkline alerts channels``: where people are told."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, say
from trunkline.cli.record_commands import Which, add_edit, add_list, add_remove, add_show
from trunkline.cli.secret_input import read_secret
from trunkline.core.alert import ChannelKind
from trunkline.core.errors import InvalidInput

CHANNELS: Final = Kind(
    noun="channel",
    command="alerts channels",
    path="/api/alerts/channels",
    columns=(
        ("name", text("name")),
        ("kind", text("kind")),
        ("where", lambda one: one["url"] or ", ".join(one["addresses"])),
        ("on", text("enabled")),
        ("id", text("id")),
    ),
)

app = typer.Typer(name="channels", add_completion=False, help="Channels: where people are told.", no_args_is_help=True)
add_list(app, CHANNELS, empty="There are no channels. Add one: trunkline alerts channels add webhook NAME URL")
add_show(app, CHANNELS)
add_edit(app, CHANNELS)
add_remove(app, CHANNELS, told=" Rules do not tell it any more.")


@app.command("add")
def add(
    kind: Annotated[ChannelKind, typer.Argument(help="What understands the notices.")],
    name: Annotated[str, typer.Argument(help="What to call it.")],
    where: Annotated[
        list[str] | None, typer.Argument(help="The URL of a webhook, or email addresses. Slack's URL is asked for.")
    ] = None,
    secret_env: Annotated[
        str | None, typer.Option(help="The environment variable with the secret to sign with, or with Slack's URL.")
    ] = None,
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="Read it from standard input.")] = False,
    extension: Annotated[str | None, typer.Option(help="The alert channel of an extension, such as `acme`.")] = None,
    settings: Annotated[str | None, typer.Option(help="What the extension asks for, as a JSON object.")] = None,
    json: Json = False,
) -> None:
    """Add a channel. A webhook gets a secret unless you give one; it is shown this once."""
    body: dict[str, Any] = {"kind": kind, "name": name}
    given = where or []
    if kind == "email":
        body["addresses"] = given
    elif kind == "slack":
        if given:
            raise InvalidInput("Slack's URL is a secret: leave it out here, and you are asked for it.")
        body["url"] = read_secret("URL", option="--secret", env=secret_env, stdin=secret_stdin).reveal()
    elif kind == "extension":
        if len(given) > 1:
            raise InvalidInput("A channel of an extension has one URL, or none where the extension has its own.")
        body |= {"extension": extension or ""} | ({"url": given[0]} if given else {})
        body["settings"] = _read_settings(settings)
        if secret_env is not None or secret_stdin:
            body["secret"] = read_secret("Secret", option="--secret", env=secret_env, stdin=secret_stdin).reveal()
    else:
        if len(given) != 1:
            raise InvalidInput("A webhook has one URL.")
        body["url"] = given[0]
        if secret_env is not None or secret_stdin:
            body["secret"] = read_secret("Secret", option="--secret", env=secret_env, stdin=secret_stdin).reveal()
    answer = call(lambda api: api.ask("POST", CHANNELS.path, body=body))
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"{name} is added.")
    if made["secret"]:
        say(f"Its secret, which is not shown again: {made['secret']}")
    note(f"Try it: trunkline alerts channels test {name}")


def _read_settings(text: str | None) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise InvalidInput.of("--settings", f'must be a JSON object, such as {{"room": "on-call"}}: {error}') from None


@app.command("test")
def try_out(which: Which, json: Json = False) -> None:
    """Send a notice that says that it is a test. The exit code is 1 if it does not arrive."""

    async def work(api: Api) -> bytes:
        return await api.ask("POST", CHANNELS.place(await CHANNELS.find_id(api, which), "test"))

    answer = call(work)
    outcome: Record = msgspec.json.decode(answer)
    arrived = outcome["state"] == "sent"
    if json:
        print_json(answer)
    elif arrived:
        say(f"It arrived. {outcome['reason'] or ''}".strip())
    else:
        say(f"It did not arrive. {outcome['reason']}")
    if not arrived:
        raise typer.Exit(1)
