"""``trunkline vault``: the keys that encrypt the provider keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from rich.progress import Progress

from trunkline.app.resources import Resources
from trunkline.cli.output import make_console, note, print_json, say
from trunkline.control.installation.key_change import VaultKeyChange, VaultKeyState
from trunkline.control.installation.running import is_running
from trunkline.core.errors import Conflict, Unavailable
from trunkline.settings import read_settings

_T = TypeVar("_T")


def status(*, json: bool) -> None:
    """Tell which version of the key-encryption key is in use, and what is left under older ones."""
    _tell(_work(VaultKeyChange.read_standing), json=json)


def rotate(*, data_keys: bool, json: bool) -> None:
    """Wrap every data key again, with a new key-encryption key, or give every owner a new data key.

    :class:`Conflict` where another process begins the same in this moment.
    """
    if not data_keys:
        _tell(_work(VaultKeyChange.rotate), json=json)
        return
    console = make_console(stderr=True)
    with Progress(console=console, transient=True, disable=json or not console.is_terminal) as progress:
        task = progress.add_task("Encrypting again", total=None)

        def report(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        standing = _work(lambda change: change.rotate_data_keys(report))
    _tell(standing, json=json)


def migrate(file: Path) -> None:
    """Replace the root key with the one in ``file``. :class:`Conflict` while a server runs."""
    kept = _work(lambda change: change.migrate(file), alone=True)
    # The copy of the snapshot opens with the old key alone; the next start writes it anew.
    (read_settings().data_dir / "snapshot").unlink(missing_ok=True)
    say("The new root key is in its place, and everything is encrypted under it.")
    note(f"The old one is {kept}. Older backups open with it alone: keep it with them, or delete it with them.")


def _work(do: Callable[[VaultKeyChange], Awaitable[_T]], *, alone: bool = False) -> _T:
    async def run() -> _T:
        settings = read_settings()
        resources = Resources.of(settings)
        try:
            if settings.database_url is None and not (settings.data_dir / "trunkline.db").exists():
                # Opening it would make an empty one.
                raise Unavailable(f"There is no installation in {settings.data_dir.absolute()}.")
            if alone and is_running(resources.journal):
                raise Conflict(
                    f"A server runs on {settings.data_dir.absolute()}. Stop it first (Ctrl-C where it runs)."
                )
            return await do(VaultKeyChange(resources.database, resources.root_key))
        finally:
            await resources.database.close()

    return asyncio.run(run())


def _tell(standing: VaultKeyState, *, json: bool) -> None:
    if json:
        print_json(msgspec.json.encode(standing))
        return
    say(f"The key-encryption key is version {standing.version}.")
    if standing.old_data_keys or standing.old_wrappings:
        note(f"Under older keys: {standing.old_data_keys} data keys, {standing.old_wrappings} wrappings. Rotate again.")
    else:
        note("Nothing is under an older one.")
