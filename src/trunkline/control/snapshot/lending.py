"""Whose secret serves: one's own, a named one, or the workspace's shared one of the same provider."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from trunkline.control.configurations.borrowing import (
    Borrower,
    UpstreamSettings,
    borrow,
    find_lender,
    find_upstream,
    find_version_upstream,
    read_borrower,
    read_version_borrower,
)
from trunkline.control.features.lookup import feature_borrower
from trunkline.storage import snapshot as storage
from trunkline.storage.database import Transaction
from trunkline.storage.snapshot_rows import ConfigurationRow, Sealed, VersionRow
from trunkline.storage.tables import Feature
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
        self, row: VersionRow, parent: ConfigurationRow, upstream: UpstreamSettings
    ) -> UpstreamSettings:
        """How a version is reached, whose configuration is reached by ``upstream``."""
        return find_version_upstream(row.provider, row.parameters, parent, upstream, self._choose(row.provider, None))

    def upstream_of_borrower(self, borrower: Borrower) -> tuple[UpstreamSettings, str | None]:
        """How a borrower is reached, and the id of the configuration that lends."""
        lender = find_lender(borrower, self._choose(borrower.provider, borrower.lender_id))
        return borrow(borrower, lender), lender.id if lender is not None else None

    def _choose(self, provider: str, lender_id: str | None) -> list[ConfigurationRow]:
        return self._shared[provider] if lender_id is None else self._named[lender_id]


_PAGE: Final = 50


async def open_lending(
    tx: Transaction,
    workspace_id: str,
    rows: Collection[ConfigurationRow],
    versions: Iterable[VersionRow],
    features: Collection[Feature],
) -> Lending:
    """What ``rows``, ``versions`` of them and ``features`` need to be reached."""
    by_id = {row.id: row for row in rows}
    borrowers = [read_borrower(row) for row in rows]
    borrowers += [
        read_version_borrower(version.provider, version.parameters, by_id[version.configuration_id])
        for version in versions
    ]
    borrowers += [
        feature_borrower(row.provider) for row in features if row.credential_id is None and row.target is None
    ]
    lenders = await _find_lenders(tx, workspace_id, [borrower for borrower in borrowers if borrower is not None])
    sources = (*rows, *features, *lenders)
    credentials = {row.credential_id for row in sources if row.credential_id is not None}
    return Lending(await storage.find_sealed(tx, credentials), lenders)


async def _find_lenders(tx: Transaction, workspace_id: str, borrowers: Iterable[Borrower]) -> list[ConfigurationRow]:
    """The lender of each borrower that has one, the oldest first."""
    found: dict[str, ConfigurationRow] = {}
    shared: defaultdict[str, list[Borrower]] = defaultdict(list)
    for borrower in borrowers:
        if borrower.lender_id is None:
            shared[borrower.provider].append(borrower)
            continue
        owners = await storage.find_lenders_named(tx, workspace_id, borrower.lender_id)
        if (lender := find_lender(borrower, owners)) is not None:
            found[lender.id] = lender
    for provider, waiting_there in shared.items():
        waiting = waiting_there
        after: ConfigurationRow | None = None
        while waiting:
            # Most often the oldest lends to all.
            page = await storage.find_lenders(tx, workspace_id, provider, after=after, limit=_PAGE)
            lenders = [find_lender(borrower, page) for borrower in waiting]
            found |= {lender.id: lender for lender in lenders if lender is not None}
            waiting = [borrower for borrower, lender in zip(waiting, lenders, strict=True) if lender is None]
            if len(page) < _PAGE:
                break
            after = page[-1]
    return sorted(found.values(), key=lambda row: (row.created_at, row.id))
