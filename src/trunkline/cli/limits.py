"""``trunkline limits``: how much of what each may use."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.applications import APPLICATIONS
from trunkline.cli.configuration import find_configuration
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, say
from trunkline.cli.record_commands import Which, add_list, add_remove, add_show, make_group, tell
from trunkline.core.errors import InvalidInput
from trunkline.core.limit import Measure, Subject, Window, write_amount


def _write_subject(record: Record) -> str:
    subject = record["subject"]
    if record["subjectId"] is None:
        return "the workspace" if subject == "workspace" else f"each {subject}"
    return f"{subject} {record['subjectName'] or record['subjectId']}"


def _write_limit(record: Record) -> str:
    return write_amount(record["amount"], record["measure"], record["window"])


LIMITS: Final = Kind(
    noun="limit",
    command="limits",
    path="/api/limits",
    names=(),
    columns=(
        ("for", _write_subject),
        ("limit", _write_limit),
        (">at once", text("burst", "all")),
        ("set by an admin", text("byAdmin")),
        ("id", text("id")),
    ),
)

_KEYS: Final = Kind(noun="API key", command="keys", path="/api/keys", columns=(), names=("name",))

app = make_group(LIMITS, "Limits: how much each may use.")
add_list(app, LIMITS, empty="There are no limits. Add one: trunkline limits add key --requests 60")
add_show(app, LIMITS)
add_remove(app, LIMITS)

Requests = Annotated[int | None, typer.Option(help="So many requests in the window.")]
Tokens = Annotated[int | None, typer.Option(help="So many input and output tokens in the window.")]
Parallel = Annotated[int | None, typer.Option(help="So many requests at the same time.")]
Burst = Annotated[int | None, typer.Option(help="How many at once, if fewer than the whole amount.")]


@app.command("add")
def add(
    subject: Annotated[Subject, typer.Argument(help="Whose traffic is limited.")],
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="[WHICH]",
            help="Which one: a name, an id, an email or a feature's slug. Without it, each of them has the limit.",
        ),
    ] = None,
    requests: Requests = None,
    tokens: Tokens = None,
    parallel: Parallel = None,
    per: Annotated[Window, typer.Option(help="The window of requests and tokens.")] = "minute",
    burst: Burst = None,
    json: Json = False,
) -> None:
    """Add a limit. It applies from the next request on."""
    given: dict[Measure, int | None] = {"requests": requests, "tokens": tokens, "parallel": parallel}
    said = [(measure, amount) for measure, amount in given.items() if amount is not None]
    if len(said) != 1:
        raise InvalidInput("Give one of --requests, --tokens and --parallel.")
    ((measure, amount),) = said
    body: dict[str, Any] = {"subject": subject, "measure": measure, "amount": amount, "burst": burst}
    if measure != "parallel":
        body["window"] = per

    async def work(api: Api) -> bytes:
        if which is not None:
            body["subjectId"] = await _find_subject(api, subject, which)
        return await api.ask("POST", LIMITS.path, body=body)

    answer = call(work)
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"The limit for {_write_subject(made)} is {_write_limit(made)}.")


@app.command("edit")
@app.command("change", hidden=True)
def edit(
    limit: Which,
    amount: Annotated[int | None, typer.Argument(help="The new amount.")] = None,
    burst: Burst = None,
    json: Json = False,
) -> None:
    """Change how much a limit is. Requests and tokens are counted anew."""
    body = {name: value for name, value in (("amount", amount), ("burst", burst)) if value is not None}

    async def work(api: Api) -> bytes:
        return await api.ask("PUT", LIMITS.place(await LIMITS.find_id(api, limit)), body=body)

    answer = call(work)
    record: Record = msgspec.json.decode(answer)
    tell(answer, f"The limit for {_write_subject(record)} is {_write_limit(record)} now.", json=json)


async def _find_subject(api: Api, subject: Subject, which: str) -> str:
    """The id of what a person calls ``which``. Raises NotFound and Conflict."""
    match subject:
        case "key":
            return await _KEYS.find_id(api, which)
        case "application":
            return await APPLICATIONS.find_id(api, which)
        case "configuration":
            return (await find_configuration(api, which)).id
        case "user":
            place = (await api.get("/api/auth/me", _Me)).actor.workspace_id
            members = Kind(
                noun="member",
                command="workspaces members",
                path=f"/api/workspaces/{place}/members",
                columns=(),
                names=("email", "name"),
                id="userId",
            )
            return await members.find_id(api, which)
        case "workspace" | "feature":
            return which


class _Actor(msgspec.Struct, rename="camel"):
    workspace_id: str


class _Me(msgspec.Struct):
    actor: _Actor
