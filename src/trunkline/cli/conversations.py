"""``trunkline conversations``: what was talked about with features and models."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, say
from trunkline.cli.record_commands import Which, add_remove, make_group, show_list, tell

CONVERSATIONS: Final = Kind(
    noun="conversation",
    command="conversations",
    path="/api/conversations",
    names=("title",),
    columns=(
        ("title", text("title")),
        ("with", lambda one: one["feature"] or one["model"] or "–"),
        ("changed", lambda one: one["updatedAt"][:16].replace("T", " ")),
        ("id", text("id")),
    ),
)

app = make_group(CONVERSATIONS, "Conversations with features and models.")


@app.command("list")
def list_conversations(
    search: Annotated[str | None, typer.Option(help="Only those that contain these words.")] = None,
    json: Json = False,
) -> None:
    """List your conversations, the newest first."""
    found = call(lambda api: api.list("/api/conversations", query={"q": search}))
    show_list(CONVERSATIONS, [msgspec.json.decode(item) for item in found], json=json, empty="There are none.")


@app.command("show")
def show(which: Which, json: Json = False) -> None:
    """Show the messages of the current branch."""

    async def work(api: Api) -> bytes:
        return await api.ask("GET", CONVERSATIONS.place(await CONVERSATIONS.find_id(api, which)))

    document = call(work)
    if json:
        print_json(document)
        return
    tree: Record = msgspec.json.decode(document)
    note(f"{tree['title'] or 'Untitled'} ({tree['id']})")
    for message in find_branch(tree):
        say(f"{message['role']}: {message['content']}")


@app.command("export")
def export(which: Which) -> None:
    """Print a conversation as Markdown."""

    async def work(api: Api) -> bytes:
        path = CONVERSATIONS.place(await CONVERSATIONS.find_id(api, which), "export")
        return await api.ask("GET", path, query={"format": "markdown"})

    say(call(work).decode("utf-8", "replace").rstrip())


@app.command("rename")
def rename(which: Which, title: Annotated[str, typer.Argument(help="The new title.")], json: Json = False) -> None:
    """Give a conversation a title."""

    async def work(api: Api) -> bytes:
        path = CONVERSATIONS.place(await CONVERSATIONS.find_id(api, which))
        return await api.ask("PATCH", path, body={"title": title})

    tell(call(work), f"It is called {title} now.", json=json)


add_remove(app, CONVERSATIONS)


def find_branch(tree: Record) -> list[Record]:
    """The messages from the first one to the leaf that is shown."""
    by_id = {message["id"]: message for message in tree["messages"]}
    branch: list[Record] = []
    at = by_id.get(tree["leafId"])
    while at is not None:
        branch.append(at)
        at = by_id.get(at["parentId"])
    return branch[::-1]
