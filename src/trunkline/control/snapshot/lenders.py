"""Finds who lends to a few borrowers, among however many that might."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from trunkline.control.configurations.borrowing import Borrower, find_lender, read_borrower, read_version_borrower
from trunkline.control.features.lookup import feature_borrower
from trunkline.control.snapshot.lending import Lending
from trunkline.storage import snapshot as storage
from trunkline.storage.database import Transaction
from trunkline.storage.snapshot_rows import ConfigurationRow
from trunkline.storage.tables import ConfigurationVersion, Feature

_PAGE: Final = 50


async def open_lending(
    tx: Transaction,
    workspace_id: str,
    rows: Collection[ConfigurationRow],
    versions: Iterable[ConfigurationVersion],
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
