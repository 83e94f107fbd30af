"""``trunkline batches``: many requests at once, answered within a day."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.file_transfer import Record, download, list_all, upload, write_time
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, print_table, say
from trunkline.core.errors import InvalidInput

_WAIT_SECONDS: Final = 2.0

app = typer.Typer(
    name="batches",
    add_completion=False,
    help="Batches: many requests at once, answered within a day.",
    no_args_is_help=True,
)

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's id.")]


@app.command("add")
def add(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file with one request a line.")],
    endpoint: Annotated[str, typer.Option(help="What the requests are for.")] = "/v1/chat/completions",
    local: Annotated[bool, typer.Option("--local", help="Have Trunkline make the requests one by one.")] = False,
    json: Json = False,
) -> None:
    """Upload the requests in a file (OpenAI's batch format), and begin a batch of them."""

    async def work(api: Api) -> bytes:
        file = msgspec.json.decode(await upload(api, path), type=Record)
        body = {"input_file_id": file["id"], "endpoint": endpoint, "completion_window": "24h"}
        headers = (("x-trunkline-batch", "local"),) if local else ()
        return await (await api.open("POST", "/v1/batches", body=body, headers=headers)).read()

    answer = call(work)
    if json:
        print_json(answer)
        return
    made = msgspec.json.decode(answer, type=Record)
    say(f"{made['id']} runs: {made['request_counts']['total']} requests. Get the results:")
    say(f"trunkline batches results {made['id']}")


@app.command("list")
def list_batches(json: Json = False) -> None:
    """List your batches in OpenAI's format, the newest first."""
    found = call(lambda api: list_all(api, "/v1/batches"))
    if json:
        print_json(msgspec.json.encode(found))
        return
    print_table(
        ("id", "state", "requests", "done", "failed", "created"),
        [
            (
                one["id"],
                one["status"],
                str(one["request_counts"]["total"]),
                str(one["request_counts"]["completed"]),
                str(one["request_counts"]["failed"]),
                write_time(one["created_at"]),
            )
            for one in found
        ],
        empty="There are no batches. Begin one: trunkline batches add FILE",
    )


@app.command("show")
def show(batch_id: BatchId) -> None:
    """Show a batch."""
    print_json(call(lambda api: api.ask("GET", f"/v1/batches/{batch_id}")))


@app.command("cancel")
def cancel(batch_id: BatchId) -> None:
    """Cancel a batch. Requests that were made stay made."""
    call(lambda api: api.ask("POST", f"/v1/batches/{batch_id}/cancel"))
    say(f"{batch_id} is being cancelled.")


@app.command("results")
def results(
    batch_id: BatchId,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the batch has ended.")] = False,
) -> None:
    """Print the results of a batch, one a line: first the responses, then what failed."""

    async def work(api: Api) -> None:
        while True:
            batch = await api.get(f"/v1/batches/{batch_id}", Record)
            if batch["status"] not in {"in_progress", "cancelling"}:
                break
            if not wait:
                raise InvalidInput(f"{batch_id} has not ended. Add --wait, or try again later.")
            await asyncio.sleep(_WAIT_SECONDS)
        if batch["errors"] is not None:
            raise InvalidInput(batch["errors"]["data"][0]["message"])
        for file_id in (batch["output_file_id"], batch["error_file_id"]):
            if file_id is not None:
                await download(api, file_id)

    call(work)
