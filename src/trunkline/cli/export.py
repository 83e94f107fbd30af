"""``trunkline export``: a workspace as the file that makes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline.cli.api import Api, call
from trunkline.cli.output import note, say
from trunkline.core.errors import InvalidInput

if TYPE_CHECKING:
    from trunkline.cli.declared.file_text import Export


def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write. Unset: standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    workspace: Annotated[
        str | None, typer.Option(help="The workspace's name. Unset: the one that commands work in.")
    ] = None,
) -> None:
    """Write a workspace as a file for `trunkline apply`. Secrets and API keys are not in it."""
    if output is not None and output.exists() and not force:
        raise InvalidInput(f"{output} is there already. Add --force to write over it.")

    async def work(api: Api) -> Export:
        return await write(api, workspace)

    made = call(work)
    if output is None:
        typer.echo(made.text, nl=False)
    else:
        output.write_text(made.text, encoding="utf-8")
        say(str(output))
    for told in made.left_out:
        note(f"Left out: {told}")
    if made.variables:
        note(f"To apply it, set {', '.join(made.variables)}.")


async def write(api: Api, workspace: str | None) -> Export:
    """The file's text and what is to be said of it."""
    # The shapes of the API are slow to load, and two commands alone need them.
    from trunkline.cli.declared.file_text import Export  # noqa: PLC0415
    from trunkline.cli.declared.server_state import open_workspace, read_state  # noqa: PLC0415

    there, me, found = await open_workspace(api, workspace)
    return Export(await read_state(there, me, found))
