"""What the doctor asks the server's processes themselves, as the owner of the data folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from trunkline.cli.finding import Finding, fail, ok
from trunkline.control.processes.link import Link
from trunkline.control.processes.socket_folder import HUB, name_socket_folder
from trunkline.control.processes.standing import STANDINGS, Standing
from trunkline.core.errors import TrunklineError
from trunkline.settings import Settings

_LIMIT_SECONDS = 5.0


async def examine_processes(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for each process that serves; none where no server runs on the data folder."""
    try:
        for one in await _ask(settings):
            yield _judge(one)
    except (OSError, TimeoutError, TrunklineError):
        # No server, or one without its management process: `/readyz` tells which.
        return


async def _ask(settings: Settings) -> list[Standing]:
    async with asyncio.timeout(_LIMIT_SECONDS):
        reader, writer = await asyncio.open_unix_connection(name_socket_folder(settings.data_dir) / HUB)
        link = Link(reader, writer, {})
        serving = asyncio.ensure_future(link.serve())
        try:
            return msgspec.msgpack.decode(await link.ask(STANDINGS), type=list[Standing])
        finally:
            link.drop()
            await serving


def _judge(one: Standing) -> Finding:
    name = one.name if one.name == "management" else f"worker {one.name}"
    told = f"process {one.pid}, {one.memory_bytes / 1_000_000:,.0f} MB, {one.active} calls under way"
    if one.fault is not None:
        return fail(name, f"{told}. Its journal cannot be written: {one.fault}", "Free disk space, if that is missing.")
    return ok(name, told)
