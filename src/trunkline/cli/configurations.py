"""``trunkline configurations``: named ways to reach a model."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.configuration import Configuration, find_configuration
from trunkline.cli.connection_test import show_test
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import make_console, note, print_json, print_table, say, write_moment
from trunkline.cli.pull import follow_pull
from trunkline.cli.record_commands import confirm, read_value, tell
from trunkline.cli.secret_input import read_secret
from trunkline.cli.templates import find_template
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput

_REFERENCE: Final = "Where the server finds the key: env:NAME, file:/PATH, vault:PATH#FIELD or aws-sm:NAME#FIELD."

app = typer.Typer(
    name="configurations",
    add_completion=False,
    help="Configurations: a provider, a model, a key and parameters.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name, or its id.")]


@app.command("list")
def list_configurations(json: Json = False) -> None:
    """List the configurations that you can see."""
    found = call(lambda api: api.list("/api/configurations"))
    if json:
        print_json(msgspec.json.encode(found))
        return
    print_table(
        ["name", "provider", "model", "key", "test", "state"],
        [
            [
                one.name,
                one.provider,
                one.model or "–",
                one.api_key or "–",
                one.test_status,
                ("active" if one.is_active else "inactive") + (", shared" if one.shared else ""),
            ]
            for one in (msgspec.json.decode(item, type=Configuration) for item in found)
        ],
        empty="There are no configurations. Make one: trunkline configurations add NAME --provider … --model …",
    )


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name that requests use as `model`.")],
    provider: Annotated[
        str | None, typer.Option(help="The provider: openai, anthropic, gemini, ollama, custom, …")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The provider's name of the model.")] = None,
    template: Annotated[
        str | None,
        typer.Option(help="The template to start from, such as `Claude Opus 5.5`: `trunkline templates`."),
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="The provider's address, if not the default one.")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter, such as temperature=0.2.")
    ] = None,
    shared: Annotated[bool, typer.Option("--shared", help="Share it with everybody in the workspace.")] = False,
    key_env: Annotated[str | None, typer.Option(help="The environment variable that holds the provider's key.")] = None,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")] = False,
    key_reference: Annotated[str | None, typer.Option(help=_REFERENCE)] = None,
    json: Json = False,
) -> None:
    """Add a configuration. Asks for the provider's key, unless a --key option is given."""
    # The table of providers is slow to load, and this command alone asks by it.
    keys = import_module("trunkline.cli.provider_key")
    parameters = dict(_read_parameter(text) for text in parameter or ())
    if template is not None:
        wanted, of = template, provider
        found = call(lambda api: find_template(api, wanted, of))
        provider, model = found["provider"], model or found["model"]
        parameters = {**found["configuration"], **parameters}
    if provider is None or model is None:
        raise InvalidInput("Name the provider and the model: --provider and --model, or --template.")
    row, key = keys.read_key(provider, key_env, key_stdin, key_reference)
    body: dict[str, object] = {"name": name, "provider": row, "model": model, "configuration": parameters}
    if key is not None:
        body["apiKey"] = key.reveal()
    if base_url is not None:
        body["baseUrl"] = base_url
    if shared:
        body["shared"] = True
    answer = call(lambda api: api.ask("POST", "/api/configurations", body=body))
    if json:
        print_json(answer)
        return
    say(f"{name} is ready to use as a model.")
    note(f"Test it: trunkline configurations test {name}")


@app.command("show")
def show(name: Name, json: Json = False) -> None:
    """Show a configuration. Its key is masked."""

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        return await api.ask("GET", find_path("configurations", found.id))

    document = call(work)
    if json:
        print_json(document)
        return
    one = msgspec.json.decode(document, type=Configuration)
    print_table(
        ["", ""],
        [
            ["name", one.name],
            ["id", one.id],
            ["provider", one.provider],
            ["model", one.model or "–"],
            ["key", one.api_key or "–"],
            ["base URL", one.base_url or "the provider's own"],
            ["parameters", msgspec.json.encode(one.configuration).decode() if one.configuration else "–"],
            ["active", "yes" if one.is_active else "no"],
            ["shared", "yes" if one.shared else "no"],
            ["last test", _write_test(one)],
        ],
        empty="",
    )


@app.command("test")
def run_test(
    name: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Test again, also if there is a result of the last minute.")
    ] = False,
    json: Json = False,
) -> None:
    """Test the connection, stage by stage. The exit code is 1 when a stage fails."""

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        query = {"force": "true" if force else None}
        return await api.ask("POST", find_path("configurations", found.id, "test"), query=query)

    with make_console(stderr=True).status("Testing …"):
        document = call(work)
    show_test(document, json=json)


@app.command("edit")
def edit(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name; requests must then use it.")] = None,
    model: Annotated[str | None, typer.Option(help="Another model of the provider.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Another address. Needs the key again.")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter, such as temperature=0.2.")
    ] = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A parameter to remove.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the history.")] = None,
    json: Json = False,
) -> None:
    """Change a configuration. Other fields stay as they are."""
    given = {"name": new_name, "model": model, "baseUrl": base_url}
    body: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    changed = dict(_read_parameter(text) for text in parameter or ())
    if not body and not changed and not unset:
        raise InvalidInput("Say what to change: --name, --model, --base-url, --set or --unset.")
    if reason is not None:
        body["reason"] = reason

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        if changed or unset:
            missing = [one for one in unset or () if one not in found.configuration]
            if missing:
                raise InvalidInput(f"--unset {missing[0]}: {found.name} does not set it.")
            kept = {one: value for one, value in found.configuration.items() if one not in (unset or ())}
            body["configuration"] = {**kept, **changed}
        return await api.ask("PUT", find_path("configurations", found.id), body=body)

    tell(call(work), f"{name} is changed.", json=json)


@app.command("share")
def share(
    name: Name,
    off: Annotated[bool, typer.Option("--off", help="Make it private again.")] = False,
    json: Json = False,
) -> None:
    """Share a configuration with everybody in the workspace."""
    told = f"{name} is yours alone again." if off else f"{name} is shared with the workspace."
    tell(_change(name, {"shared": not off}), told, json=json)


@app.command("activate")
def activate(name: Name, json: Json = False) -> None:
    """Activate a configuration."""
    tell(_change(name, {"isActive": True}), f"{name} is on.", json=json)


@app.command("deactivate")
def deactivate(name: Name, json: Json = False) -> None:
    """Deactivate a configuration: requests to it are refused until it is activated."""
    tell(_change(name, {"isActive": False}), f"{name} is off.", json=json)


@app.command("rotate-key")
def rotate_key(
    name: Name,
    key_env: Annotated[str | None, typer.Option(help="The environment variable that holds the new key.")] = None,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the new key from standard input.")] = False,
    key_reference: Annotated[str | None, typer.Option(help=_REFERENCE)] = None,
    json: Json = False,
) -> None:
    """Replace the provider key of a configuration. Asks for it, unless a --key option is given."""
    key = read_secret("New API key", option="--key", env=key_env, stdin=key_stdin, reference=key_reference)

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        return await api.ask("POST", find_path("configurations", found.id, "rotate-key"), body={"apiKey": key.reveal()})

    tell(call(work), f"{name} has a new key. Test it: trunkline configurations test {name}", json=json)


@app.command("remove")
def remove(name: Name, yes: Yes = False, json: Json = False) -> None:
    """Delete a configuration and erase its key."""
    confirm(f"Delete {name} and erase its key?", yes=yes)

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        return await api.ask("DELETE", find_path("configurations", found.id))

    answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{name} is gone.")


@app.command("pull")
def pull(
    name: Name, model: Annotated[str, typer.Argument(help="The model, such as llama3.2.")], json: Json = False
) -> None:
    """Download a model with Ollama. Ctrl-C stops watching; the download continues."""

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        return await follow_pull(api, found.id, model, quiet=json)

    document = call(work)
    if json:
        print_json(document)
    else:
        say(f"{model} is there.")


def _write_test(one: Configuration) -> str:
    """``success, today 10:04, 312 ms``, and what went wrong."""
    if one.last_test is None:
        return one.test_status
    told = f"{one.test_status}, {write_moment(one.last_tested)}, {one.last_test.latency_ms:,} ms"
    return told if one.last_test.success else f"{told}: {one.last_test.message}"


def _change(name: str, body: dict[str, object]) -> bytes:
    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        return await api.ask("PUT", find_path("configurations", found.id), body=body)

    return call(work)


def _read_parameter(text: str) -> tuple[str, JsonValue]:
    """``name=value``; the value is JSON, or else a text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(f"--set {text}: write it as name=value, such as temperature=0.2.")
    return name, read_value(value)
