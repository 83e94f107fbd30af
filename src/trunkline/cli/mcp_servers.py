"""``trunkline mcp-servers``: MCP servers that are reached through the gateway."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.cli.record_commands import Which, add_edit, add_list, add_remove, add_show
from trunkline.cli.secret_input import read_secret

SERVERS: Final = Kind(
    noun="MCP server",
    command="mcp-servers",
    path="/api/mcp-servers",
    columns=(
        ("name", text("name")),
        ("url", text("url")),
        ("auth", text("auth")),
        ("tools", lambda one: "all" if one["tools"] is None else ", ".join(one["tools"])),
        ("keys", lambda one: "all" if one["keys"] is None else str(len(one["keys"]))),
        ("on", text("enabled")),
        ("id", text("id")),
    ),
)

app = typer.Typer(
    name="mcp-servers",
    add_completion=False,
    help="MCP servers that API keys reach at `/mcp/NAME`.",
    no_args_is_help=True,
)
add_list(app, SERVERS, empty="There are no MCP servers. Add one: trunkline mcp-servers add NAME URL")
add_show(app, SERVERS)
add_edit(app, SERVERS)
add_remove(app, SERVERS, told=" Nobody reaches it here any more.")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Its name in addresses: small letters, digits and hyphens.")],
    url: Annotated[str, typer.Argument(help="Its URL, such as https://mcp.example.com/mcp.")],
    header: Annotated[
        str | None, typer.Option(help="The header to sign in with, such as Authorization. Its value is asked for.")
    ] = None,
    token_url: Annotated[str | None, typer.Option(help="The token endpoint of OAuth's client credentials.")] = None,
    client_id: Annotated[str | None, typer.Option(help="OAuth's client id. The secret is asked for.")] = None,
    scope: Annotated[str | None, typer.Option(help="OAuth's scope.")] = None,
    tool: Annotated[list[str] | None, typer.Option(help="A tool that may be called; repeat it. Default: all.")] = None,
    secret_env: Annotated[str | None, typer.Option(help="The environment variable with the secret.")] = None,
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="Read it from standard input.")] = False,
    json: Json = False,
) -> None:
    """Register an MCP server. Its credential is encrypted, and not shown again."""
    body: dict[str, Any] = {"name": name, "url": url}
    if tool:
        body["tools"] = tool
    if header is not None:
        value = read_secret(header, option="--secret", env=secret_env, stdin=secret_stdin).reveal()
        body |= {"auth": "headers", "headers": {header: value}}
    elif token_url is not None or client_id is not None:
        secret = read_secret("Client secret", option="--secret", env=secret_env, stdin=secret_stdin).reveal()
        given = {"tokenUrl": token_url, "clientId": client_id, "scope": scope}
        body |= {"auth": "oauth", "clientSecret": secret, **{k: v for k, v in given.items() if v is not None}}
    answer = call(lambda api: api.ask("POST", SERVERS.path, body=body))
    if json:
        print_json(answer)
        return
    say(f"{name} is added. API keys reach it at /mcp/{name}.")
    note(f"Try it: trunkline mcp-servers test {name}")


@app.command("test")
def try_out(which: Which, json: Json = False) -> None:
    """Ask an MCP server for its tools. The exit code is 1 if that fails."""

    async def work(api: Api) -> bytes:
        return await api.ask("POST", SERVERS.place(await SERVERS.find_id(api, which), "test"))

    answer = call(work)
    outcome: Record = msgspec.json.decode(answer)
    if json:
        print_json(answer)
    elif outcome["ok"]:
        rows = [[one["name"], (one["description"] or "").partition("\n")[0]] for one in outcome["tools"]]
        print_table(["tool", "what it does"], rows, empty="It has no tools.")
    else:
        say(outcome["reason"])
    if not outcome["ok"]:
        raise typer.Exit(1)
