"""``trunkline serve``: check the place, prepare it, tell what there is, and serve until told to stop.

Where there is nothing to prepare, which is nearly always, nothing is loaded that only preparing needs: calls are served
as soon as a worker has read the copy of the snapshot.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from trunkline import __version__, logs
from trunkline.app.folder_lock import lock_folder
from trunkline.app.prepared_folder import is_prepared
from trunkline.app.root_key import hand_on_root_key
from trunkline.app.telemetry import require_telemetry
from trunkline.cli.installed_extensions import load_named
from trunkline.cli.output import note
from trunkline.cli.unknown_settings import find_unknown
from trunkline.core.errors import Unavailable
from trunkline.external_secrets.reference_rule import ReferenceRule
from trunkline.outbound import Client, Guard, LocalUpstreams
from trunkline.providers.discovery import Discovered, discover
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings, read_settings

if TYPE_CHECKING:
    from trunkline.control.people.setup import FirstStart


def serve(host: str | None, port: int | None, workers: int | None, ollama_port: int | None = None) -> None:
    """Start the server, and end with it. What is given goes before the settings."""
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers), ("OLLAMA_PORT", ollama_port)):
        if value is not None:
            # Through the environment, from which the processes that it starts read their settings too.
            os.environ[f"TRUNKLINE_{name}"] = str(value)
    settings = read_settings()
    for problem in find_unknown():
        note(f"Warning: {problem}", style="yellow")
    for left_out in load_named().left_out if settings.extensions else ():
        note(f"Warning: the extension {left_out.package} is left out: it {left_out.reason}", style="yellow")
    logs.configure(settings.log_level, settings.log_format)
    require_telemetry(settings)
    ReferenceRule.parse_all(settings.secret_references)
    make_folder(settings.data_dir)
    lock_folder(settings.data_dir)
    listeners = [listen(settings.host, settings.port, "")]
    if settings.ollama_port is not None:
        listeners.append(listen(settings.host, settings.ollama_port, "OLLAMA_"))
    held = hand_on_root_key(settings)
    first, found = asyncio.run(_prepare(settings))
    if not held:
        hand_on_root_key(settings)
    welcome(settings, first, found, Console())
    sys.stdout.flush()
    # What is loaded by now is of no use to a process that only waits: a new program takes this one's place.
    program = [sys.executable, "-P", "-m", "trunkline.app.supervisor"]
    descriptors = ",".join(str(listener.fileno()) for listener in listeners)
    given = (descriptors, settings.workers, settings.drain_seconds)
    os.execv(sys.executable, [*program, *map(str, given)])  # noqa: S606 - our own interpreter and module


async def _prepare(settings: Settings) -> tuple[FirstStart | None, list[Discovered]]:
    """What the first start has to tell, and what is found on this machine, looked for meanwhile."""
    local = LocalUpstreams.parse(settings.effective_local_upstreams)
    client = Client(Guard(local, settings.ports))
    try:
        looking = asyncio.ensure_future(discover(os.environ, client))
        return await _prepare_folder(settings), await looking
    finally:
        await client.close()


async def _prepare_folder(settings: Settings) -> FirstStart | None:
    if is_prepared(settings):
        return None
    # As the management process does it.
    gc.disable()
    from trunkline.app.preparation import prepare  # noqa: PLC0415 - it loads the ORM

    try:
        return await prepare(settings)
    finally:
        gc.enable()


def make_folder(folder: Path) -> None:
    """The data folder, for its owner alone. :class:`Unavailable` when it cannot be made or written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise Unavailable(
            f"The data folder {folder.absolute()} cannot be written ({error.strerror}). Make it writable for this user,"
            " or name another one: TRUNKLINE_DATA_DIR=/path/to/folder"
        ) from None


def listen(host: str, port: int, prefix: str) -> socket.socket:
    """A listening socket. :class:`Unavailable` that says what to do when the port cannot be had.

    ``prefix`` is how the setting of the port begins.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            who = "an Ollama" if prefix else "another Trunkline"
            raise Unavailable(
                f"Port {port} is taken by another program, perhaps {who}. Stop it, or choose"
                f" another port: TRUNKLINE_{prefix}PORT={port + 1}"
            ) from None
        raise Unavailable(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another address or port:"
            f" TRUNKLINE_HOST, TRUNKLINE_{prefix}PORT"
        ) from None
    listener.set_inheritable(True)
    return listener


def welcome(settings: Settings, first: FirstStart | None, found: list[Discovered], console: Console) -> None:
    """Tell where the server is, what it found, and what to type next."""
    url = settings.effective_public_url
    console.print(f"[bold]Trunkline {__version__}[/] at [cyan]{url}[/]", highlight=False)
    if settings.ollama_port is not None:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        console.print(f"  for Ollama's clients at [cyan]http://{host}:{settings.ollama_port}[/]", highlight=False)
    for thing in found:
        console.print(f"  found {describe(thing)}", highlight=False)
    if first is not None and first.setup_token is not None:
        console.print("\nSet your password:", highlight=False)
        print_line(console, f"  {url}/setup?token={first.setup_token.reveal()}")
    if first is not None and first.api_key is not None:
        console.print("\nTry it now (this API key is shown once):", highlight=False)
        body = f'{{"model": "{first.model}", "messages": [{{"role": "user", "content": "Say hello."}}]}}'
        print_line(
            console,
            f"  curl {url}/v1/chat/completions -H 'Authorization: Bearer {first.api_key.reveal()}'"
            f" -H 'Content-Type: application/json' -d '{body}'",
        )
    console.print("\nCtrl-C stops.", style="dim")


def describe(found: Discovered) -> str:
    """``OPENAI_API_KEY (sk-…x7Qd)``, or a local server with its models."""
    name = PROVIDERS[found.provider].display_name
    if found.env is not None:
        return f"{found.env} ({found.key_hint}) for {name}"
    models = ", ".join(found.models[:5]) + (" …" if len(found.models) > 5 else "")
    return f"{name} at {found.base_url} with {len(found.models)} models" + (f": {models}" if models else "")


def print_line(console: Console, line: str) -> None:
    """Something to copy: whole, on one line, and as it is."""
    console.print(line, soft_wrap=True, markup=False, highlight=False)
