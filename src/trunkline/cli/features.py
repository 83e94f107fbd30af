"""``trunkline features``: the tools of an app, each with a model, a prompt and parameters."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, say
from trunkline.cli.record_commands import (
    Which,
    add_edit,
    add_list,
    add_remove,
    add_show,
    make_group,
    read_fields,
    tell,
)

FEATURES: Final = Kind(
    noun="feature",
    command="features",
    path="/api/features",
    names=("slug", "name"),
    id="slug",
    columns=(
        ("slug", text("slug")),
        ("name", text("name")),
        ("kind", text("kind")),
        ("model", lambda one: one.get("target") or one["model"] or "–"),
        ("ready", text("ready")),
    ),
)

app = make_group(FEATURES, "Features: AI functions of your app, called as `feature/SLUG`.")
add_list(app, FEATURES, empty="There are no features. Add one: trunkline features add SLUG --name … --model …")
add_show(app, FEATURES)
add_edit(app, FEATURES)
add_remove(app, FEATURES)


@app.command("add")
def add(
    slug: Annotated[str, typer.Argument(help="Its name in `feature/SLUG`: lower-case letters, digits and dashes.")],
    name: Annotated[str, typer.Option(help="The display name. Default: the slug.")] = "",
    kind: Annotated[
        Literal["chat", "code", "summarizer", "image", "embeddings"], typer.Option(help="What it does.")
    ] = "chat",
    target: Annotated[
        str | None, typer.Option(help="A configuration or route that serves it. Default: OpenRouter with --model.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model, as OpenRouter names it.")] = None,
    system: Annotated[str | None, typer.Option("--system", "-s", help="The system prompt.")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Another field, such as temperature=0.2.")
    ] = None,
    json: Json = False,
) -> None:
    """Add a feature."""
    body: Record = {"slug": slug, "name": name or slug, "kind": kind, **read_fields(parameter or ())}
    given = {"target": target, "model": model, "systemPrompt": system}
    body.update({field: value for field, value in given.items() if value is not None})
    answer = call(lambda api: api.ask("POST", "/api/features", body=body))
    if json:
        print_json(answer)
        return
    say(f"{slug} is added.")
    note(f"Try it: trunkline features run {slug} …")


@app.command("run")
def run(which: Which, prompt: Annotated[str, typer.Argument(help="The input.")], json: Json = False) -> None:
    """Run a feature once and print the response."""

    async def work(api: Api) -> bytes:
        path = FEATURES.place(await FEATURES.find_id(api, which), "run")
        return await api.ask("POST", path, body={"input": prompt})

    document = call(work)
    answer: Record = msgspec.json.decode(document)
    if json or "output" not in answer:
        print_json(document)
        return
    say(answer["output"])
    note(f"{answer['model']} · {answer['usage'].get('totalTokens', 0):,} tok")


@app.command("reset")
def reset(which: Which, json: Json = False) -> None:
    """Reset a built-in feature to its original settings."""

    async def work(api: Api) -> bytes:
        return await api.ask("POST", FEATURES.place(await FEATURES.find_id(api, which), "reset"))

    tell(call(work), f"{which} is as it was at first.", json=json)
