"""Commands that work on this machine's own installation: what they take.

What they do is loaded when they are run, as the libraries of a server are slow to load; asking for help needs none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.option import Json
from trunkline.core.errors import InvalidInput


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; as TRUNKLINE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; as TRUNKLINE_PORT.")] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes; as TRUNKLINE_WORKERS.")] = None,
    ollama_port: Annotated[
        int | None, typer.Option(help="A second port, for Ollama's clients; as TRUNKLINE_OLLAMA_PORT.")
    ] = None,
) -> None:
    """Start the server. Settings come from the environment (TRUNKLINE_…) or an .env file."""
    from trunkline.cli.serve import serve  # noqa: PLC0415

    serve(host, port, workers, ollama_port)


def doctor(json: Json = False) -> None:
    """Check everything that Trunkline needs, and say how to fix what is wrong.

    Connects to the providers of your configurations, and sends them nothing. The exit code is 1 when a check fails.
    """
    from trunkline.cli.doctor import doctor  # noqa: PLC0415

    doctor(json=json)


def backup(
    file: Annotated[
        Path, typer.Argument(help="The file to write, such as trunkline.tar.gz; with --incremental, a folder.")
    ],
    include_root_key: Annotated[
        bool,
        typer.Option("--include-root-key", help="Include the root key. Whoever has the file then has every secret."),
    ] = False,
    incremental: Annotated[
        bool,
        typer.Option("--incremental", help="Add to a folder of backups what changed since the last, encrypted."),
    ] = False,
    keep: Annotated[
        int | None, typer.Option(min=1, help="With --incremental: delete all backups but the newest of this number.")
    ] = None,
    json: Json = False,
) -> None:
    """Back up the database and the journal into one file, also while the server runs.

    The root key is left out unless you ask for it. Keep a copy of it elsewhere: without it nothing in a backup opens.
    """
    from trunkline.cli.backup import backup, backup_incrementally  # noqa: PLC0415

    if incremental:
        backup_incrementally(file, include_root_key=include_root_key, keep=keep, json=json)
        return
    if keep is not None:
        raise InvalidInput("--keep is for folders of backups: add --incremental.")
    backup(file, include_root_key=include_root_key, json=json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `trunkline backup`, or a folder of backups.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the current installation. It is kept beside the new one.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Of a folder: the newest backup whose time begins so, such as 2026-11-30T20."
        ),
    ] = None,
) -> None:
    """Restore a backup. The server must be stopped; nothing changes unless the whole backup is valid."""
    from trunkline.cli.restore import restore  # noqa: PLC0415

    restore(file, force=force, at=at)


def reference(folder: Annotated[Path, typer.Argument(help="Where to write the pages.")]) -> None:
    """Write the reference pages."""
    from trunkline.cli.reference import reference  # noqa: PLC0415

    reference(folder)


vault = typer.Typer(
    name="vault", add_completion=False, help="The encryption keys of the provider keys.", no_args_is_help=True
)


@vault.command("status")
def show_vault(json: Json = False) -> None:
    """Show which version of the key-encryption key is in use, and what is left under older ones."""
    from trunkline.cli.vault import status  # noqa: PLC0415

    status(json=json)


@vault.command("rotate")
def rotate_vault(
    data_keys: Annotated[
        bool,
        typer.Option(
            "--data-keys", help="Give every owner a new data key, and encrypt all that is stored with it again."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Wrap every data key again, with a new key-encryption key. The server may run."""
    from trunkline.cli.vault import rotate  # noqa: PLC0415

    rotate(data_keys=data_keys, json=json)


@vault.command("migrate")
def migrate_vault(
    file: Annotated[Path, typer.Argument(help="A file with the new root key: openssl rand -base64 32, mode 0600.")],
) -> None:
    """Replace the root key, for example because somebody may have read it. The server must be stopped."""
    from trunkline.cli.vault import migrate  # noqa: PLC0415

    migrate(file)


@vault.command("wrap")
def wrap_vault() -> None:
    """Have the key service of TRUNKLINE_ROOT_KEY wrap the root key: the plain one, or one that another service wraps.

    Where there is neither, it makes a new one, for servers that are not installed yet.
    """
    from trunkline.cli.vault import wrap  # noqa: PLC0415

    wrap()
