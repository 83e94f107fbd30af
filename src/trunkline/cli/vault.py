"""``trunkline vault``: the keys that encrypt the provider keys."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from rich.progress import Progress

from trunkline.app.resources import Resources
from trunkline.app.root_key import find_wrapped_root_key
from trunkline.cli.output import make_console, note, print_json, say
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.key_change import VaultKeyChange, VaultKeyState
from trunkline.control.installation.running import is_running
from trunkline.core.errors import CannotOpen, Conflict, InvalidInput, Unavailable
from trunkline.settings import Settings, read_settings
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey, RootKeyFile

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
    if kept is not None:
        note(f"The old one is {kept}. Older backups open with it alone: keep it with them, or delete it with them.")


def wrap() -> None:
    """Have the key service that the settings name wrap the root key: the plain one, or one that another has wrapped.

    Without either, and before there is an installation, a new one. :class:`InvalidInput` where no service is named.
    """
    settings = read_settings()
    if settings.root_key is None:
        raise InvalidInput("No key service is named: set TRUNKLINE_ROOT_KEY, such as aws-kms://alias/trunkline.")
    wrapped = find_wrapped_root_key(settings, settings.root_key, os.environ)
    plain = RootKeyFile(settings.root_key_file or settings.data_dir / "root.key")
    root = wrapped.load_any() if wrapped.is_wrapped() else plain.load()
    asyncio.run(_check(settings, root))
    if root is None:
        wrapped.create()
        say(f"A new root key is wrapped in {wrapped.describe()}.")
        return
    kept = wrapped.replace(root)
    say(f"The root key is in {wrapped.describe()}.")
    if kept is not None:
        note(f"The file that was there before is {kept}. Delete it when a server has started.")
    elif settings.root_key_file is None:
        note(f"Start the server, then move {settings.data_dir / 'root.key'} to a safe place, away from this machine.")


async def _check(settings: Settings, root: RootKey | None) -> None:
    """:class:`CannotOpen` where ``root`` is not the key of the installation, where there is one."""
    if settings.database_url is None and not (settings.data_dir / "trunkline.db").exists():
        return
    database = Database(settings.effective_database_url)
    try:
        state = await Installation(database).read_state()
    finally:
        await database.close()
    if state is not None and root is None:
        raise CannotOpen("The root key is missing, and the database is encrypted with it.", code="root_key")
    if state is not None and root is not None:
        KeyRing([root], state)


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
