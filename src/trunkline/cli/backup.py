"""``trunkline backup``: everything in one file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from trunkline.app.resources import Resources
from trunkline.cli.output import make_console, note, print_json, say
from trunkline.control.installation.backup import add_backup, write_backup
from trunkline.core.errors import InvalidInput
from trunkline.settings import Settings, read_settings


def backup(file: Path, *, include_root_key: bool, json: bool) -> None:
    """Back up the database and the journal into ``file``, and tell whether the root key is in it."""
    settings = read_settings()
    resources = Resources.of(settings)
    database = find_database(settings)
    with make_console(stderr=True).status("Backing up …"):
        manifest = write_backup(
            database=database,
            journal=resources.journal,
            root_key=resources.root_key,
            target=file,
            include_root_key=include_root_key,
        )
    if json:
        print_json(msgspec.json.encode(manifest))
    else:
        say(f"{file}: {file.stat().st_size:,} bytes, {len(manifest.files)} files.")
    if manifest.has_root_key:
        note(
            "The root key is IN this file: whoever has the file has every secret in it. Keep it locked up.",
            style="bold",
        )
    else:
        key = resources.root_key.describe()
        note(
            f"The root key is NOT in this file. Keep a copy of {key} elsewhere; without it nothing opens.", style="bold"
        )


def backup_incrementally(folder: Path, *, include_root_key: bool, keep: int | None, json: bool) -> None:
    """Add a backup to ``folder``, and tell how much was new. :class:`InvalidInput` where the root key is asked for."""
    if include_root_key:
        raise InvalidInput("A folder of backups is encrypted with the root key, and so never holds it.")
    settings = read_settings()
    resources = Resources.of(settings)
    database = find_database(settings)
    with make_console(stderr=True).status("Backing up …"):
        added = add_backup(
            database=database, journal=resources.journal, root_key=resources.root_key, target=folder, keep=keep
        )
    if json:
        print_json(msgspec.json.encode(added))
        return
    say(f"{folder}: {added.backup}, {added.size:,} bytes, of which {added.added:,} were written.")
    key = resources.root_key.describe()
    note(f"It opens with the root key alone. Keep a copy of {key} elsewhere.", style="bold")


def find_database(settings: Settings) -> Path:
    """The SQLite file of these settings. :class:`InvalidInput` that says what to do where it is another database."""
    scheme, _, path = settings.effective_database_url.partition(":///")
    if not scheme.startswith("sqlite"):
        raise InvalidInput(
            "The database is PostgreSQL: back it up with pg_dump, and bring it back with pg_restore. Copy the root key"
            f" and the folder {settings.data_dir / 'journal'} too."
        )
    return Path(path.partition("?")[0])
