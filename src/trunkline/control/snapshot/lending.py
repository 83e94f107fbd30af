"""Whose secret serves: one's own, a named one, or the workspace's shared one of the same provider."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from trunkline.control.configurations.borrowing import (
    Borrower,
    UpstreamSettings,
    borrow,
    find_lender,
    find_upstream,
    find_version_upstream,
)
from trunkline.storage.snapshot_rows import ConfigurationRow, Sealed
from trunkline.storage.tables import ConfigurationVersion
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


class Lending:
    """Over the configurations that may lend, the oldest first, and what credentials hold."""

    def __init__(self, sealed: Sealed, lenders: Iterable[ConfigurationRow]) -> None:
        self._sealed = sealed
        self._named: defaultdict[str, list[ConfigurationRow]] = defaultdict(list)
        self._shared: defaultdict[str, list[ConfigurationRow]] = defaultdict(list)
        for row in lenders:
            if row.credential_id is not None:
                self._named[row.credential_id].append(row)
                if row.is_shared:
                    self._shared[row.provider].append(row)

    def get(self, credential_id: str | None) -> tuple[StoredSecret, ...]:
        """What a credential holds."""
        return self._sealed.get(credential_id)

    def add(self, secret: StoredSecret, data_key: WrappedDataKey) -> None:
        """A secret that is not stored."""
        self._sealed.add(secret, data_key)

    @property
    def data_keys(self) -> dict[str, WrappedDataKey]:
        """What opens the secrets."""
        return self._sealed.data_keys

    def upstream_of(self, row: ConfigurationRow) -> UpstreamSettings:
        """How ``row`` is reached."""
        return find_upstream(row, self._choose(row.provider, row.lender_id))

    def upstream_of_version(
        self, row: ConfigurationVersion, parent: ConfigurationRow, upstream: UpstreamSettings
    ) -> UpstreamSettings:
        """How a version is reached, whose configuration is reached by ``upstream``."""
        return find_version_upstream(row.provider, row.parameters, parent, upstream, self._choose(row.provider, None))

    def upstream_of_borrower(self, borrower: Borrower) -> tuple[UpstreamSettings, str | None]:
        """How a borrower is reached, and the id of the configuration that lends."""
        lender = find_lender(borrower, self._choose(borrower.provider, borrower.lender_id))
        return borrow(borrower, lender), lender.id if lender is not None else None

    def _choose(self, provider: str, lender_id: str | None) -> list[ConfigurationRow]:
        return self._shared[provider] if lender_id is None else self._named[lender_id]
