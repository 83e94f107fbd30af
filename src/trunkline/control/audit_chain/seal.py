"""Hashes of audit events. Only who has the installation's keys can make them."""

from __future__ import annotations

import hmac
import json
from datetime import UTC
from typing import Final

from trunkline.storage.tables import AuditChain, AuditEvent
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

GENESIS: Final = ""
"""The hash before the first event of a chain."""

_FIELDS: Final = (
    "id",
    "workspace_id",
    "actor_kind",
    "actor_id",
    "key_id",
    "action",
    "target_type",
    "target_id",
    "outcome",
    "before",
    "after",
    "address",
    "request_id",
)
"""Everything that an event says, besides its time."""


class AuditSeal:
    """HMAC-SHA256 (RFC 2104) under a key that derives from the installation's, and outlives every rotation.

    A plain hash would be enough against an accident. With the key, whoever can write to the database and nothing else
    cannot make a chain that holds either. All hashes are 64 hexadecimal digits.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._key = ring.derive(Purpose.AUDIT)

    def of_event(self, event: AuditEvent) -> str:
        """What an event carries from when it is recorded until it has its place in the chain."""
        return self._hash("event", _encode(event))

    def of_link(self, previous: str, sequence: int, event: AuditEvent) -> str:
        """What an event carries at place ``sequence`` of its chain, behind one that carries ``previous``."""
        return self._hash("link", previous, str(sequence), _encode(event))

    def of_renewal(self, previous: str, sequence: int, event: AuditEvent) -> str:
        """The same for one with which a broken chain begins anew: whatever was wrong just before it or with it."""
        return self._hash("renewal", previous, str(sequence), _encode(event))

    def is_link(self, event: AuditEvent) -> bool:
        """Whether an event is what was written at its place, behind the one that it names."""
        return event.hash == self.of_link(event.previous_hash or "", event.sequence or 0, event)

    def is_renewal(self, event: AuditEvent) -> bool:
        """Whether a chain began anew with this event."""
        return event.hash == self.of_renewal(event.previous_hash or "", event.sequence or 0, event)

    def of_chain(self, chain: AuditChain) -> str:
        """What holds the two ends of a chain, so that neither can be cut off."""
        ends = (str(chain.first_sequence), chain.first_hash, str(chain.last_sequence), chain.last_hash)
        return self._hash("chain", chain.id, *ends)

    def _hash(self, *parts: str) -> str:
        return hmac.digest(self._key, json.dumps(parts).encode(), "sha256").hex()


def _encode(event: AuditEvent) -> str:
    """The event as text: the same for the same event, on every database."""
    said = [event.at.astimezone(UTC).isoformat(timespec="microseconds"), *(getattr(event, name) for name in _FIELDS)]
    return json.dumps(said, sort_keys=True)
