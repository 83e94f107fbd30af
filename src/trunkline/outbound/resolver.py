"""From a host to its addresses."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import Final, Protocol

from trunkline.outbound.address import Address
from trunkline.outbound.errors import ResolveFailed
from trunkline.outbound.origin import Origin

_NO_SUCH_NAME: Final = frozenset(
    number for name in ("EAI_NONAME", "EAI_NODATA") if isinstance(number := getattr(socket, name, None), int)
)


class Resolver(Protocol):
    """Finds the addresses of a host, the best first."""

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        """At least one address. Raises ResolveFailed."""
        ...


class SystemResolver:
    """The operating system's resolver, with its hosts file and its order of preference (RFC 6724)."""

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        """The addresses that ``getaddrinfo`` gives, in its order."""
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                message = f"The name {origin.host} was not found: check its spelling, and this machine's network."
            else:
                message = f"The name {origin.host} could not be resolved: the resolver did not answer. Try again."
            raise ResolveFailed(message, origin=origin, stage="dns") from error
        except (OSError, UnicodeError) as error:
            raise ResolveFailed(f"The name {origin.host} could not be resolved.", origin=origin, stage="dns") from error
        # Reading each answer as an address drops what is none, and the type keeps text from ever being judged.
        return tuple(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))


class CachingResolver:
    """Remembers answers for a short time, and asks once for what many ask at the same time.

    Addresses in URLs are not looked up at all. Failures are not kept. At most ``capacity`` names are held.
    """

    def __init__(self, resolver: Resolver, *, seconds: float = 30.0, capacity: int = 1024) -> None:
        self._resolver = resolver
        self._seconds = seconds
        self._capacity = capacity
        self._answers: dict[tuple[str, int], tuple[float, tuple[Address, ...]]] = {}
        self._asking: dict[tuple[str, int], asyncio.Task[tuple[Address, ...]]] = {}

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        """As the resolver beneath, at most ``seconds`` old."""
        try:
            return (ip_address(origin.host),)
        except ValueError:
            pass
        key = (origin.host, origin.port)
        loop = asyncio.get_running_loop()
        if (answer := self._answers.get(key)) is not None and loop.time() < answer[0]:
            return answer[1]
        if (task := self._asking.get(key)) is None:
            task = self._asking[key] = loop.create_task(self._ask(key, origin))
        # Shielded, because others may wait for the same answer when this caller is cancelled.
        return await asyncio.shield(task)

    async def _ask(self, key: tuple[str, int], origin: Origin) -> tuple[Address, ...]:
        try:
            addresses = await self._resolver.resolve(origin)
        finally:
            del self._asking[key]
        if len(self._answers) >= self._capacity:
            del self._answers[next(iter(self._answers))]
        self._answers.pop(key, None)
        self._answers[key] = (asyncio.get_running_loop().time() + self._seconds, addresses)
        return addresses
