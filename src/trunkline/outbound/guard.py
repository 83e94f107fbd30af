"""Judges what may be connected to. Every connection passes here, at the address that it is really made to."""

from __future__ import annotations

from collections.abc import Iterable

from trunkline.outbound.address import Address, is_loopback, is_metadata, is_own, is_public
from trunkline.outbound.errors import ForbiddenAddress
from trunkline.outbound.local import SETTING, LocalUpstreams
from trunkline.outbound.origin import Origin


class Guard:
    """The policy of this instance: the public internet, and of the rest what ``local`` names.

    ``own_ports`` are the ports that Trunkline itself listens on: they are never reached at an address of this
    machine, nor are metadata services anywhere, whatever ``local`` says.
    """

    def __init__(self, local: LocalUpstreams, own_ports: frozenset[int] = frozenset()) -> None:
        self._local = local
        self._own_ports = own_ports

    def permits(self, origin: Origin, address: Address) -> bool:
        """Whether a connection to ``address`` on behalf of ``origin`` is allowed."""
        if self._never(origin, address):
            return False
        if is_public(address) or origin in self._local.origins:
            return True
        return self._local.loopback and is_loopback(address)

    def judge(self, origin: Origin, addresses: Iterable[Address]) -> None:
        """Raise ForbiddenAddress when any of ``addresses`` is forbidden.

        Any, because a name that answers with a good and a bad address is an attack, or a mistake that would work
        only sometimes.
        """
        for address in addresses:
            if self._never(origin, address):
                what = "that is a cloud's metadata service" if is_metadata(address) else "that is Trunkline itself"
                raise ForbiddenAddress(f"{origin.authority} is never called: {what}.", origin=origin, stage="guard")
            if not self.permits(origin, address):
                raise ForbiddenAddress(
                    f"This instance is not allowed to call {origin.authority}, because its address is local or"
                    f" reserved. The operator can allow upstreams on local networks with {SETTING}.",
                    origin=origin,
                    stage="guard",
                )

    def _never(self, origin: Origin, address: Address) -> bool:
        return is_metadata(address) or (origin.port in self._own_ports and is_own(address))
