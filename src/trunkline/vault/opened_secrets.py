"""The memory cache of opened secrets, so that a call does not decrypt what the last one did."""

from __future__ import annotations

from typing import Final

from trunkline.core.secret import Secret
from trunkline.vault.stored_secret import StoredSecret

CACHE_SECONDS: Final = 300.0


class OpenedSecrets:
    """Secrets by the whole row that they were opened from, every bit of it, so that a changed row is a miss.

    Bounded in number and in time: entries leave in the order they came, at the latest 5 minutes after that.
    ``now`` is monotonic seconds.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._entries: dict[StoredSecret, tuple[Secret, float]] = {}

    def find(self, stored: StoredSecret, now: float) -> Secret | None:
        """The opened secret, if it is here and not older than 5 minutes."""
        entry = self._entries.get(stored)
        if entry is None or entry[1] <= now:
            return None
        return entry[0]

    def keep(self, stored: StoredSecret, secret: Secret, now: float) -> None:
        """Keep ``secret`` for 5 minutes; drop what is older than that, and the oldest when there are too many."""
        self.expire(now)
        self._entries.pop(stored, None)
        while len(self._entries) >= self._capacity:
            del self._entries[next(iter(self._entries))]
        self._entries[stored] = (secret, now + CACHE_SECONDS)

    def expire(self, now: float) -> None:
        """Drop everything older than 5 minutes. Entries are in order of age, so this stops at the first young one."""
        while self._entries:
            oldest = next(iter(self._entries))
            if self._entries[oldest][1] > now:
                return
            del self._entries[oldest]

    def forget(self, credential_id: str) -> None:
        """Drop everything of one credential. If there is nothing, this is a no-op."""
        for stored in [stored for stored in self._entries if stored.credential_id == credential_id]:
            del self._entries[stored]

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
