"""``trunkline policies``: what calls must not do."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, print_table, say
from trunkline.cli.record_commands import add_edit, add_list, add_remove, add_show, make_group, read_value
from trunkline.cli.workspaces import WORKSPACES
from trunkline.core.errors import InvalidInput

_ACTIONS: Final[tuple[str, ...]] = ("log", "alert", "block")
_OUTCOMES: Final = {"log": "logged", "alert": "reported as alerts", "block": "refused"}

POLICIES: Final = Kind(
    noun="policy",
    command="policies",
    path="/policy",
    listed="policies",
    columns=(
        ("name", text("name")),
        ("risk", text("riskType")),
        ("action", lambda one: _ACTIONS[int(one["actionType"])] if one["enabled"] else "off"),
        ("rule", lambda one: one["rule"]["kind"] if one["rule"] else "plain language"),
        ("id", text("id")),
    ),
)

app = make_group(POLICIES, "Policies: rules for every request.")
add_list(app, POLICIES, empty='There are no policies. Add one: trunkline policies add NAME --content "…"')
add_show(app, POLICIES)
add_edit(app, POLICIES)
add_remove(app, POLICIES)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name.")],
    content: Annotated[str, typer.Option(help="What requests must not do, in plain language.")] = "",
    rule: Annotated[
        str | None,
        typer.Option(help='A rule that needs no model, as JSON: {"kind": "allowedModels", "models": ["demo"]}.'),
    ] = None,
    action: Annotated[
        Literal["log", "alert", "block"], typer.Option(help="What happens to requests that violate it.")
    ] = "log",
    risk: Annotated[Literal["LOW", "MEDIUM", "HIGH"], typer.Option(help="The risk of a violation.")] = "MEDIUM",
    workspace: Annotated[
        str | None, typer.Option(help="The workspace that it applies to, by name or id. Default: all.")
    ] = None,
    json: Json = False,
) -> None:
    """Add a policy."""
    body: Record = {"name": name, "content": content, "riskType": risk, "actionType": _ACTIONS.index(action)}
    if rule is not None:
        body["rule"] = read_value(rule)
        if not isinstance(body["rule"], dict):
            raise InvalidInput('--rule: write it as a JSON object, such as {"kind": "allowedModels", "models": […]}.')

    async def work(api: Api) -> bytes:
        if workspace is not None:
            body["workspaceId"] = await WORKSPACES.find_id(api, workspace)
        return await api.ask("POST", "/policy", body=body)

    answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{name} is added. Calls that break it are {_OUTCOMES[action]}.")


@app.command("violations")
def violations(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many, newest first.")] = 20, json: Json = False
) -> None:
    """List requests that violated a policy."""
    document = call(lambda api: api.ask("GET", "/policy/violations", query={"take": str(limit)}))
    if json:
        print_json(document)
        return
    found: list[Record] = msgspec.json.decode(document, type=Record)["violations"]
    print_table(
        ["when (UTC)", "policy", "model", "action", "why"],
        [
            [
                one["timestamp"][:16].replace("T", " "),
                one["policyName"],
                one["llmModel"],
                str(_ACTIONS[int(one["actionType"])]),
                one["explanation"],
            ]
            for one in found
        ],
        empty="No call has broken a policy.",
    )
