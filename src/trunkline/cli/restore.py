"""``trunkline restore``: a backup back into the data folder."""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress

from trunkline.app.resources import Resources
from trunkline.cli.backup import find_database
from trunkline.cli.output import make_console, note, say
from trunkline.control.installation.archive import Manifest, Report
from trunkline.control.installation.restore import Restore
from trunkline.settings import read_settings


def restore(file: Path, *, force: bool, at: str | None = None) -> None:
    """Restore the backup in ``file``; nothing changes unless the whole of it is valid."""
    settings = read_settings()
    resources = Resources.of(settings)
    work = Restore(
        folder=settings.data_dir,
        database=find_database(settings),
        journal=resources.journal,
        root_key=resources.root_key,
    )
    console = make_console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:

        def begin(manifest: Manifest) -> Report:
            task = progress.add_task(f"Backup of {manifest.created_at:%Y-%m-%d %H:%M} UTC", total=manifest.size)
            return lambda done: progress.advance(task, done)

        kept = work.run(file, replace=force, begin=begin, at=at)
    say(f"{settings.data_dir.absolute()} holds the backup now. Start the server: make run")
    if kept is not None:
        note(f"What was there before is in {kept}. Remove it when you are sure.")
