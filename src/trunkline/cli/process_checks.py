"""What the doctor asks the server's processes themselves, as the owner of the data folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import accumulate
from typing import Final

import msgspec

from trunkline.cli.extension_checks import judge_extensions
from trunkline.cli.finding import Finding, fail, ok, warn
from trunkline.control.processes import loop_lag
from trunkline.control.processes.link import Link
from trunkline.control.processes.process_use import MEMORY, read_use
from trunkline.control.processes.socket_folder import HUB, name_socket_folder
from trunkline.control.processes.standing import STANDINGS, Standing
from trunkline.core.errors import TrunklineError
from trunkline.settings import Settings

_LIMIT_SECONDS: Final = 5.0

_USUAL_SHARE: Final = 0.95
"""Of the looks at the event loop: what is later than that is a start, or the system's doing."""

_LATE_SECONDS: Final = 0.5
"""Beyond it the process is too busy, whatever it does."""


async def examine_processes(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for each process that serves, and for their supervisor; none where no server runs on the data folder.

    The intake's is with the installation, because it answers nobody while it waits for the database.
    """
    try:
        for finding in judge_all(await _ask(settings)):
            yield finding
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


def judge_all(standings: Sequence[Standing]) -> Iterator[Finding]:
    """The supervisor, each process that tells how it stands, and the extensions that fail in one."""
    parent = next((one.parent for one in standings if one.name == "management" and one.parent), None)
    if parent is not None:
        yield ok("supervisor", f"{describe_process(parent)}. It starts the others again when they end.")
    for one in standings:
        yield judge(one)
    yield from judge_extensions(standings)


def judge(one: Standing) -> Finding:
    """How a process stands: it fails when it cannot account for calls, and warns of what makes it slow or unexact."""
    name = one.name if one.name == "management" else f"worker {one.name}"
    told = f"process {one.pid}, {one.memory_bytes / 1_000_000:,.0f} MB, {one.active} calls under way"
    if one.fault is not None:
        return fail(name, f"{told}. Its journal cannot be written: {one.fault}", "Free disk space, if that is missing.")
    lag = _find_lag(one)
    if lag is not None:
        told += f", lag {lag}"
    if one.limit_fault is not None:
        remedy = "Check TRUNKLINE_REDIS_URL, and whether Redis runs. Until then each process counts for itself."
        return warn(name, f"{told}. It does not count for limits together with the others: {one.limit_fault}", remedy)
    if lag is not None and lag.is_late:
        return warn(name, f"{told}. It is too busy.", "Add workers (TRUNKLINE_WORKERS), or give the machine more CPUs.")
    if one.rests:
        several = f"{len(one.rests)} targets rest" if len(one.rests) > 1 else "1 target rests"
        return ok(name, f"{told}. {several} after errors of their providers.")
    return ok(name, told)


def describe_process(pid: int) -> str:
    """A process and its memory, where the system tells."""
    memory = next((sample.value for sample in read_use(pid) if sample.name == MEMORY), None)
    return f"process {pid}" if memory is None else f"process {pid}, {memory / 1_000_000:,.0f} MB"


class Lag(msgspec.Struct, frozen=True):
    """How late a process does what is due, nearly always: at most ``seconds``; None: more than is measured."""

    seconds: float | None

    @property
    def is_late(self) -> bool:
        """Whether people notice."""
        return self.seconds is None or self.seconds > _LATE_SECONDS

    def __str__(self) -> str:
        bound = loop_lag.BUCKETS[-1] if self.seconds is None else self.seconds
        return f"{'over' if self.seconds is None else 'up to'} {bound * 1_000:,.0f} ms"


def _find_lag(one: Standing) -> Lag | None:
    """By the bounds of the buckets; None where nothing was measured yet."""
    counts = next((sample.counts for sample in one.samples if sample.name == loop_lag.NAME), ())
    total = sum(counts)
    if not total:
        return None
    reached = zip((*loop_lag.BUCKETS, None), accumulate(counts), strict=True)
    return Lag(next(bound for bound, number in reached if number >= total * _USUAL_SHARE))
