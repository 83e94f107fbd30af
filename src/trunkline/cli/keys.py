"""``trunkline keys``: what programs call with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.applications import APPLICATIONS
from trunkline.cli.nearest import suggest_or_list
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say, write_moment
from trunkline.core.errors import Conflict, InvalidInput, NotFound

app = typer.Typer(name="keys", add_completion=False, help="API keys for apps.", no_args_is_help=True)


class Key(msgspec.Struct, rename="camel"):
    """A key, as far as it is shown."""

    id: str
    name: str
    key: str
    scope: str
    models: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    warnings: list[str] = []


@app.command("list")
def list_keys(json: Json = False) -> None:
    """List the keys that you can see."""
    found = call(lambda api: api.list("/api/keys"))
    if json:
        print_json(msgspec.json.encode(found))
        return
    keys = [msgspec.json.decode(item, type=Key) for item in found]
    print_table(
        ["name", "key", "scope", "models", "last used", "expires", "id"],
        [
            [
                key.name,
                key.key,
                key.scope,
                ", ".join(key.models) or "any",
                write_moment(key.last_used_at),
                write_moment(key.expires_at),
                key.id,
            ]
            for key in keys
        ],
        empty="There are no keys. Add one: trunkline keys add NAME",
    )


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        Literal["call", "manage"], typer.Option(help="`call` models only, or also `manage` configurations and keys.")
    ] = "call",
    model: Annotated[
        list[str] | None, typer.Option(help="A name that it may use as `model`; repeat it for more. Default: any.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it expires. Default: never.")] = None,
    application: Annotated[str | None, typer.Option(help="The application that it belongs to, by name or id.")] = None,
    json: Json = False,
) -> None:
    """Create an API key. It is shown only once."""
    body: dict[str, object] = {"name": name, "scope": scope, "models": model or []}
    if days is not None:
        body["expiresAt"] = datetime.now(UTC) + timedelta(days=days)

    async def work(api: Api) -> bytes:
        if application is not None:
            body["applicationId"] = await APPLICATIONS.find_id(api, application)
        return await api.ask("POST", "/api/keys", body=body)

    answer = call(work)
    if json:
        print_json(answer)
        return
    made = msgspec.json.decode(answer, type=Key)
    say(made.key)
    note("This is the only time that the key is shown.")
    for warning in made.warnings:
        note(f"Warning: {warning}")


@app.command("edit")
def edit(
    which: Annotated[str, typer.Argument(metavar="KEY", help="Its name, its id, or its last four characters.")],
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="A name that it may use as `model`; repeat it for more. Replaces the list.")
    ] = None,
    any_model: Annotated[bool, typer.Option("--any-model", help="Let it use every model.")] = False,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it expires, from now.")] = None,
    never_expires: Annotated[bool, typer.Option("--never-expires", help="Let it never expire.")] = False,
    json: Json = False,
) -> None:
    """Change the name, the models or the expiry of an API key. The key itself stays the same."""
    if model and any_model:
        raise InvalidInput("Give --model or --any-model, not both.")
    if days is not None and never_expires:
        raise InvalidInput("Give --days or --never-expires, not both.")
    body: dict[str, object] = {}
    if name is not None:
        body["name"] = name
    if model or any_model:
        body["models"] = model or []
    if days is not None or never_expires:
        body["expiresAt"] = None if days is None else datetime.now(UTC) + timedelta(days=days)
    if not body:
        raise InvalidInput("Say what to change: --name, --model, --any-model, --days or --never-expires.")

    async def work(api: Api) -> bytes:
        return await api.ask("PATCH", find_path("keys", (await _find(api, which)).id), body=body)

    answer = call(work)
    if json:
        print_json(answer)
        return
    changed = msgspec.json.decode(answer, type=Key)
    expires = f" until {write_moment(changed.expires_at)}" if changed.expires_at else ""
    say(f"{changed.name} ({changed.key}) may use {', '.join(changed.models) or 'any model'}{expires}.")
    for warning in changed.warnings:
        note(f"Warning: {warning}")


@app.command("revoke")
def revoke(
    which: Annotated[str, typer.Argument(metavar="KEY", help="Its name, its id, or its last four characters.")],
    json: Json = False,
) -> None:
    """Revoke an API key: it is refused from now on."""

    async def work(api: Api) -> tuple[Key, bytes]:
        key = await _find(api, which)
        return key, await api.ask("DELETE", find_path("keys", key.id))

    key, answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{key.name} ({key.key}) is revoked.")


async def _find(api: Api, which: str) -> Key:
    keys = [msgspec.json.decode(item, type=Key) for item in await api.list("/api/keys")]
    found = [key for key in keys if which == key.id] or [
        key for key in keys if which in {key.name, key.key, key.key[-4:]}
    ]
    if not found:
        raise NotFound(f"There is no key {which!r}.{suggest_or_list(which, [key.name for key in keys])}")
    if len(found) > 1:
        raise Conflict(f"Several keys are called {which!r}. Say which by its id: `trunkline keys list` shows it.")
    return found[0]
