"""``trunkline workspaces``: who works together, and with what."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.configuration import find_configuration
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.cli.record_commands import Which, add_list, add_remove, add_show, confirm, make_group, tell

Role = Literal["viewer", "member", "admin", "owner"]

WORKSPACES: Final = Kind(
    noun="workspace",
    command="workspaces",
    path="/api/workspaces",
    columns=(
        ("name", text("name")),
        ("your role", text("role")),
        ("kind", lambda one: "personal" if one["personal"] else "shared"),
        ("id", text("id")),
    ),
)

app = make_group(WORKSPACES, "Workspaces: people who share configurations, routes and policies.")
add_list(app, WORKSPACES, empty="There are no workspaces.")
add_show(app, WORKSPACES)
add_remove(app, WORKSPACES, told=" All that is in it is deleted too.")


@app.command("add")
def add(name: Annotated[str, typer.Argument(help="The name.")], json: Json = False) -> None:
    """Add a shared workspace. You are its owner."""
    answer = call(lambda api: api.ask("POST", "/api/workspaces", body={"name": name}))
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"{name} is added. Its id is {made['id']}.")
    note(f"Use it in commands: TRUNKLINE_WORKSPACE={made['id']}")


@app.command("rename")
def rename(which: Which, name: Annotated[str, typer.Argument(help="The new name.")], json: Json = False) -> None:
    """Give a workspace another name."""
    tell(_change(which, {"name": name}), f"{which} is called {name} now.", json=json)


@app.command("set-default")
def set_default(
    which: Which,
    configuration: Annotated[str, typer.Argument(help="A shared configuration, by name or id.")],
    json: Json = False,
) -> None:
    """Choose the configuration that the workspace's keys call as `default`."""

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, configuration)
        path = WORKSPACES.place(await WORKSPACES.find_id(api, which))
        return await api.ask("PATCH", path, body={"defaultConfigurationId": found.id})

    tell(call(work), f"{configuration} is the default of {which}.", json=json)


@app.command("members")
def members(which: Which, json: Json = False) -> None:
    """List the members of a workspace."""

    async def work(api: Api) -> list[msgspec.Raw]:
        return await api.list(WORKSPACES.place(await WORKSPACES.find_id(api, which), "members"))

    found = call(work)
    if json:
        print_json(msgspec.json.encode(found))
        return
    people: list[Record] = [msgspec.json.decode(item) for item in found]
    print_table(
        ["email", "name", "role"], [[one["email"], one["name"], one["role"]] for one in people], empty="Nobody."
    )


@app.command("invite")
def invite(
    which: Which,
    email: Annotated[str, typer.Argument(help="Their email address.")],
    role: Annotated[Role, typer.Option(help="Their role.")] = "member",
    json: Json = False,
) -> None:
    """Invite somebody. Prints the token to send them; it is shown once."""

    async def work(api: Api) -> bytes:
        path = WORKSPACES.place(await WORKSPACES.find_id(api, which), "invitations")
        return await api.ask("POST", path, body={"email": email, "role": role})

    answer = call(work)
    if json:
        print_json(answer)
        return
    say(msgspec.json.decode(answer, type=Record)["token"])
    note(f"{email} accepts it with POST /api/auth/invitations/accept. This is the only time that the token is shown.")


@app.command("set-role")
def set_role(
    which: Which,
    email: Annotated[str, typer.Argument(help="Their email address.")],
    role: Annotated[Role, typer.Argument(help="The new role.")],
    json: Json = False,
) -> None:
    """Change the role of a member."""

    async def work(api: Api) -> bytes:
        path = await _find_member(api, which, email)
        return await api.ask("PATCH", path, body={"role": role})

    tell(call(work), f"{email} is {role} of {which} now.", json=json)


@app.command("remove-member")
def remove_member(
    which: Which,
    email: Annotated[str, typer.Argument(help="Their email address.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Remove somebody from a workspace."""
    confirm(f"Remove {email} from {which}?", yes=yes)

    async def work(api: Api) -> bytes:
        return await api.ask("DELETE", await _find_member(api, which, email))

    tell(call(work), f"{email} is no longer in {which}.", json=json)


def _change(which: str, body: Record) -> bytes:
    async def work(api: Api) -> bytes:
        return await api.ask("PATCH", WORKSPACES.place(await WORKSPACES.find_id(api, which)), body=body)

    return call(work)


async def _find_member(api: Api, which: str, email: str) -> str:
    """The path of a member, found by email or id."""
    workspace = await WORKSPACES.find_id(api, which)
    place = WORKSPACES.place(workspace, "members")
    people = Kind(
        noun="member", command="workspaces members", path=place, columns=(), names=("email", "name"), id="userId"
    )
    return people.place(await people.find_id(api, email))
