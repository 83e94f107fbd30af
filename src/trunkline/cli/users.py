"""``trunkline users``: the people of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.nearest import suggest_or_list
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import print_json, print_table, say, write_moment
from trunkline.cli.record_commands import confirm
from trunkline.cli.secret_input import read_secret
from trunkline.core.errors import NotFound

app = typer.Typer(name="users", add_completion=False, help="Users of this installation.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(metavar="EMAIL", help="Email address, or id.")]
PasswordEnv = Annotated[str | None, typer.Option(help="The environment variable that holds the password.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


class User(msgspec.Struct, rename="camel"):
    """A user, as far as it is shown."""

    id: str
    email: str
    name: str
    role: str
    created_at: datetime
    disabled_at: datetime | None


class _Myself(msgspec.Struct):
    id: str


class _Me(msgspec.Struct):
    user: _Myself


@app.command("list")
def list_users(json: Json = False) -> None:
    """List all users."""
    found = call(lambda api: api.list("/api/users"))
    if json:
        print_json(msgspec.json.encode(found))
        return
    users = [msgspec.json.decode(item, type=User) for item in found]
    print_table(
        ["email", "name", "role", "since", "state"],
        [
            [
                user.email,
                user.name,
                user.role,
                write_moment(user.created_at),
                "disabled" if user.disabled_at else "active",
            ]
            for user in users
        ],
        empty="There is nobody.",
    )


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="Email address to sign in with.")],
    name: Annotated[str, typer.Option(help="Name to show.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Make this person an administrator.")] = False,
    password_env: PasswordEnv = None,
    password_stdin: PasswordStdin = False,
    json: Json = False,
) -> None:
    """Add a user. Asks for their first password."""
    password = _read_password(password_env, password_stdin)
    body = {"email": email, "name": name, "role": "admin" if admin else "user", "password": password}
    answer = call(lambda api: api.ask("POST", "/api/users", body=body))
    _tell(answer, json, "{email} can sign in now.")


@app.command("disable")
def disable(who: Who, yes: Yes = False, json: Json = False) -> None:
    """Disable a user: ends their sessions and stops their keys at once."""
    if call(lambda api: _is_me(api, who)):
        confirm(f"{who} is you. Shut yourself out of this installation?", yes=yes)
    _tell(_change(who, {"disabled": True}), json, "{email} is shut out.")


@app.command("enable")
def enable(who: Who, json: Json = False) -> None:
    """Enable a disabled user."""
    _tell(_change(who, {"disabled": False}), json, "{email} may sign in again.")


@app.command("reset-password")
def reset_password(
    who: Who, password_env: PasswordEnv = None, password_stdin: PasswordStdin = False, json: Json = False
) -> None:
    """Set a new password for a user, and end their sessions."""
    body = {"password": _read_password(password_env, password_stdin)}
    _tell(_change(who, body), json, "{email} has a new password; their sessions have ended.")


@app.command("make-admin")
def make_admin(who: Who, json: Json = False) -> None:
    """Make a user an administrator."""
    _tell(_change(who, {"role": "admin"}), json, "{email} is an administrator now.")


def _read_password(env: str | None, stdin: bool) -> str:
    return read_secret("Password", option="--password", env=env, stdin=stdin, confirm=True).reveal()


def _change(who: str, body: Mapping[str, object]) -> bytes:
    async def change(api: Api) -> bytes:
        user = await _find(api, who)
        return await api.ask("PATCH", find_path("users", user.id), body=body)

    return call(change)


async def _find(api: Api, who: str) -> User:
    wanted = who.strip().lower()
    users = [msgspec.json.decode(item, type=User) for item in await api.list("/api/users")]
    for user in users:
        if wanted in {user.id, user.email}:
            return user
    named = [user for user in users if user.name and user.name.lower() == wanted]
    if len(named) == 1:
        return named[0]
    raise NotFound(f"There is no user {who!r}.{suggest_or_list(who, [user.email for user in users])}")


async def _is_me(api: Api, who: str) -> bool:
    """Whether ``who`` is the person who types the command."""
    me = msgspec.json.decode(await api.ask("GET", "/api/auth/me"), type=_Me)
    return (await _find(api, who)).id == me.user.id


def _tell(answer: bytes, json: bool, sentence: str) -> None:
    if json:
        print_json(answer)
    else:
        say(sentence.format(email=msgspec.json.decode(answer, type=User).email))
