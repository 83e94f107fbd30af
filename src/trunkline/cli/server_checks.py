"""What the doctor asks the running server, and the way from here to the providers that it calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from trunkline.cli.api import make_client, open_api
from trunkline.cli.configuration import Configuration
from trunkline.cli.finding import Finding, fail, ok, warn
from trunkline.cli.machine_checks import check_port
from trunkline.cli.server_address import read_url
from trunkline.core.errors import TrunklineError
from trunkline.outbound import Client, Guard, LocalUpstreams, Origin, OutboundError, OutgoingRequest, Timeouts
from trunkline.providers.base_url import read_base_url
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings

START_SECONDS: Final = 15.0
"""How long a server may take to start before the doctor says that it does not."""

PAUSE_SECONDS: Final = 0.25

_SHORT: Final = Timeouts(connect=5, first_byte=5, between=5, total=10)


class Readiness(msgspec.Struct):
    """What ``/readyz`` says."""

    status: str
    checks: dict[str, str]


async def examine_server(settings: Settings) -> AsyncIterator[Finding]:
    """The port, the server behind it, and the providers of its configurations."""
    readiness = await _wait()
    yield check_port(settings, is_ours=readiness is not None)
    yield _judge(readiness)
    if readiness is None:
        return
    try:
        origins = await _find_origins()
    except TrunklineError as error:
        yield warn("providers", f"They were not looked at. {error.message}", "Run this where the server runs.")
        return
    if not origins:
        yield ok("providers", "No configuration needs the network.")
    client = Client(Guard(LocalUpstreams.parse(settings.effective_local_upstreams), settings.ports))
    try:
        for origin, names in origins.items():
            yield await _reach(client, origin, ", ".join(names))
    finally:
        await client.close()


async def _wait() -> Readiness | None:
    """What it says, once it is no longer about to start: that takes seconds, and is nothing to be told of."""
    readiness = await _ask()
    for _ in range(round(START_SECONDS / PAUSE_SECONDS)):
        if readiness is None or readiness.checks.get("management", "ok") == "ok":
            break
        await asyncio.sleep(PAUSE_SECONDS)
        readiness = await _ask()
    return readiness


async def _ask() -> Readiness | None:
    url = read_url()
    client = make_client(url)
    try:
        response = await client.send(OutgoingRequest("GET", url.join("/readyz")), _SHORT)
        return msgspec.json.decode(await response.read(), type=Readiness)
    except (OutboundError, msgspec.MsgspecError):
        return None
    finally:
        await client.close()


def _judge(readiness: Readiness | None) -> Finding:
    if readiness is None:
        return warn("server", "It does not run.", "Start it with `make run`.")
    problems = "; ".join(f"{name}: {found}" for name, found in readiness.checks.items() if found != "ok")
    if readiness.status == "ready":
        return ok("server", "It is ready.")
    judge = fail if readiness.status == "unready" else warn
    return judge("server", f"It is {readiness.status}. {problems}", "Its log tells more.")


async def _find_origins() -> dict[Origin, list[str]]:
    """The places that configurations point to, each with the names of those."""
    async with open_api() as api:
        found = [msgspec.json.decode(item, type=Configuration) for item in await api.list("/api/configurations")]
    origins: dict[Origin, list[str]] = {}
    for one in found:
        provider = PROVIDERS.get(one.provider)
        if provider is not None and not provider.in_process and one.is_active:
            origin = read_base_url(provider, one.base_url, one.configuration).origin
            origins.setdefault(origin, []).append(one.name)
    return origins


async def _reach(client: Client, origin: Origin, names: str) -> Finding:
    name = f"provider {origin.authority}"
    try:
        timing = await client.probe(origin, _SHORT)
    except OutboundError as error:
        return fail(name, f"{error.message} ({names})", "Check the network and the base URL of these configurations.")
    total = sum(ms or 0 for ms in (timing.dns_ms, timing.connect_ms, timing.tls_ms))
    return ok(name, f"reached in {total:,.0f} ms ({names})")
