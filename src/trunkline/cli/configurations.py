"""``trunkline configurations``: named ways to reach a model."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.configuration import Configuration, find_configuration
from trunkline.cli.connection_test import show_test
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import make_console, note, print_json, print_table, say, write_moment
from trunkline.cli.pull import follow_pull
from trunkline.cli.secret_input import read_secret
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find as find_provider

app = typer.Typer(
    name="configurations", add_completion=False, help="Named ways to reach a model.", no_args_is_help=True
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
    name: Annotated[str, typer.Argument(help="What programs write as `model`.")],
    provider: Annotated[str, typer.Option(help="Who serves it: openai, anthropic, gemini, ollama, custom, …")],
    model: Annotated[str, typer.Option(help="The provider's own name of the model.")],
    base_url: Annotated[str | None, typer.Option(help="Where it is, if that is not the provider's own place.")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter, such as temperature=0.2.")
    ] = None,
    shared: Annotated[bool, typer.Option("--shared", help="Let everybody in the workspace use it.")] = False,
    key_env: Annotated[str | None, typer.Option(help="The environment variable that holds the provider's key.")] = None,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")] = False,
    json: Json = False,
) -> None:
    """Add a configuration. Asks for the provider's key, unless one of the --key options says where it is."""
    row = find_provider(provider)
    parameters = dict(_read_parameter(text) for text in parameter or ())
    key = _read_key(row, key_env, key_stdin)
    body: dict[str, object] = {"name": name, "provider": row.id, "model": model, "configuration": parameters}
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
            ["last test", f"{one.test_status}, {write_moment(one.last_tested)}"],
        ],
        empty="",
    )


@app.command("test")
def run_test(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help="Ask the provider again, also within a minute.")] = False,
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


@app.command("remove")
def remove(name: Name, yes: Yes = False, json: Json = False) -> None:
    """Delete a configuration and erase its key."""
    if not yes:
        if not sys.stdin.isatty():
            raise InvalidInput("There is no terminal to ask whether you are sure: add --yes.")
        typer.confirm(f"Delete {name} and erase its key?", abort=True)

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
    """Have Ollama download a model. Ctrl-C stops watching; the download goes on."""

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, name)
        return await follow_pull(api, found.id, model, quiet=json)

    document = call(work)
    if json:
        print_json(document)
    else:
        say(f"{model} is there.")


def _read_key(provider: Provider, env: str | None, stdin: bool) -> Secret | None:
    if provider.auth == "none":
        if env is not None or stdin:
            raise InvalidInput(f"{provider.display_name} takes no key: leave the --key options out.")
        return None
    if env is None and not stdin and not provider.requires_api_key:
        return None
    prompt = f"{provider.display_name} API key"
    if provider.key_url is not None and env is None and not stdin:
        note(f"Keys are made at {provider.key_url}")
    return read_secret(prompt, option="--key", env=env, stdin=stdin)


def _read_parameter(text: str) -> tuple[str, JsonValue]:
    """``name=value``; the value is JSON, or else a text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(f"--set {text}: write it as name=value, such as temperature=0.2.")
    try:
        parsed: JsonValue = msgspec.json.decode(value)
    except msgspec.MsgspecError:
        parsed = value
    return name, parsed
