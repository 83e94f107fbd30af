"""``trunkline identity-providers``: by whom people may sign in."""

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
from trunkline.core.errors import InvalidInput

PROVIDERS: Final = Kind(
    noun="identity provider",
    command="identity-providers",
    path="/api/identity-providers",
    names=("slug", "name"),
    columns=(
        ("slug", text("slug")),
        ("name", text("name")),
        ("issuer", text("issuer")),
        ("roles", lambda one: str(len(one["groupRoles"]))),
        ("on", text("enabled")),
        ("id", text("id")),
    ),
)

app = typer.Typer(
    name="identity-providers",
    add_completion=False,
    help="Single sign-on: who vouches for people.",
    no_args_is_help=True,
)
add_list(app, PROVIDERS, empty="There are none. Add one: trunkline identity-providers add SLUG NAME ISSUER CLIENT_ID")
add_show(app, PROVIDERS)
add_edit(app, PROVIDERS)
add_remove(app, PROVIDERS, told=" Memberships that its groups gave have ended.")


@app.command("add")
def add(
    slug: Annotated[str, typer.Argument(help="A short name for URLs, such as okta. It stays.")],
    name: Annotated[str, typer.Argument(help="What the sign-in page calls it.")],
    issuer: Annotated[str, typer.Argument(help="Its issuer, such as https://example.okta.com.")],
    client_id: Annotated[str, typer.Argument(help="The client id that it gave to Trunkline.")],
    scope: Annotated[list[str] | None, typer.Option(help="A scope to ask for; repeat it for more.")] = None,
    groups_claim: Annotated[str | None, typer.Option(help="The claim with people's groups; `groups` if unset.")] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP=ROLE@WORKSPACE_ID", help="The role of a group in a workspace; repeat it for more."),
    ] = None,
    default: Annotated[
        str | None, typer.Option(metavar="ROLE@WORKSPACE_ID", help="The role of people in no such group.")
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Link accounts that have the verified email address.")] = False,
    public: Annotated[bool, typer.Option("--public", help="The client has no secret.")] = False,
    secret_env: Annotated[str | None, typer.Option(help="The environment variable with the client secret.")] = None,
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="Read it from standard input.")] = False,
    json: Json = False,
) -> None:
    """Add an identity provider. The client secret is asked for unless you say where it is."""
    body: dict[str, Any] = {"slug": slug, "name": name, "issuer": issuer, "clientId": client_id, "linksByEmail": link}
    if scope:
        body["scopes"] = scope
    if groups_claim is not None:
        body["groupsClaim"] = groups_claim
    if group:
        body["groupRoles"] = [_read_group(each) for each in group]
    if default is not None:
        body["defaultRole"] = _read_role(default, "--default")
    if not public:
        body["clientSecret"] = read_secret(
            "Client secret", option="--secret", env=secret_env, stdin=secret_stdin
        ).reveal()
    answer = call(lambda api: api.ask("POST", PROVIDERS.path, body=body))
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"{name} is added.")
    note(f"Enter this redirect URI at {name}: {made['redirectUri']}")


@app.command("scim-token")
def make_scim_token(which: Which, json: Json = False) -> None:
    """Make the token by which a provider sends users and groups by SCIM. The last one is void."""

    async def work(api: Api) -> bytes:
        return await api.ask("POST", PROVIDERS.place(await PROVIDERS.find_id(api, which), "scim-token"))

    answer = call(work)
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"Base URL: {made['scimUrl']}")
    say(f"Token, which is not shown again: {made['token']}")


def _read_group(given: str) -> dict[str, str]:
    group, equals, rest = given.rpartition("=")
    if not equals:
        raise InvalidInput(f"{given!r} is not GROUP=ROLE@WORKSPACE_ID, such as engineering=member@019a5f0e-….")
    return {"group": group, **_read_role(rest, "--group")}


def _read_role(given: str, option: str) -> dict[str, str]:
    role, at, workspace_id = given.partition("@")
    if not at:
        raise InvalidInput(f"{option}: {given!r} is not ROLE@WORKSPACE_ID, such as member@019a5f0e-….")
    return {"workspaceId": workspace_id, "role": role}
