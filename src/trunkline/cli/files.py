"""``trunkline files``: the requests of batches, their results, and what models read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.file_transfer import Record, download, list_all, upload, write_time
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, print_table, say
from trunkline.core.errors import InvalidInput

app = typer.Typer(
    name="files",
    add_completion=False,
    help="Files: the requests of batches, their results, and what models read.",
    no_args_is_help=True,
)

FileId = Annotated[str, typer.Argument(metavar="FILE", help="The file's id.")]


@app.command("add")
def add_file(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="For a batch, one request a line.")],
    purpose: Annotated[
        Literal["batch", "user_data", "vision", "assistants", "fine-tune", "evals"],
        typer.Option(help="What it is for. All but batch are sent to OpenAI or Anthropic, for requests to name."),
    ] = "batch",
    configuration: Annotated[
        str | None,
        typer.Option(help="Whose account is to keep it, by name or id; your default configuration if left out."),
    ] = None,
    json: Json = False,
) -> None:
    """Upload the requests of a batch, or a file that a model is to read."""
    if configuration is not None and purpose == "batch":
        raise InvalidInput("--configuration is for files that a model reads: name their --purpose, such as user_data.")
    answer = call(lambda api: upload(api, path, purpose, configuration))
    if json:
        print_json(answer)
    else:
        say(f"{msgspec.json.decode(answer, type=Record)['id']} is uploaded.")


@app.command("list")
def list_files(json: Json = False) -> None:
    """List your files, the newest first."""
    found = call(lambda api: list_all(api, "/v1/files"))
    if json:
        print_json(msgspec.json.encode(found))
        return
    print_table(
        ("id", "name", "purpose", "bytes", "created"),
        [
            (one["id"], one["filename"], one["purpose"], f"{one['bytes']:,}", write_time(one["created_at"]))
            for one in found
        ],
        empty="There are no files. Upload one: trunkline files add FILE",
    )


@app.command("get")
def get_file(file_id: FileId) -> None:
    """Print the content of a file."""
    call(lambda api: download(api, file_id))


@app.command("remove")
def remove_file(file_id: FileId) -> None:
    """Delete a file."""
    call(lambda api: api.ask("DELETE", f"/v1/files/{file_id}"))
    say(f"{file_id} is deleted.")
