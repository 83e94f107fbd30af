"""Borrowed credentials: whose key serves a configuration that has none of its own, and where that key may go.

A configuration that borrows uses the credential that it names, or else that of the oldest active configuration of its
provider that is shared with the whole workspace. What is not its own of how the provider is reached (the base URL, a
region, an organization) comes from the lender too. A key never goes to another origin than the lender's: a lender that
is elsewhere lends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from trunkline.control.record import read_record
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import write_origin
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import configurations
from trunkline.storage.database import Transaction
from trunkline.storage.snapshot_rows import ConfigurationRow
from trunkline.storage.tables import Configuration

Lender = TypeVar("Lender", Configuration, ConfigurationRow)

_REACHING: Final = frozenset({"place", "auth", "header"})
"""What a parameter's ``neutral`` begins with when it says how the provider is reached, not what it is asked."""


class Borrower(msgspec.Struct, frozen=True, kw_only=True):
    """What asks for a credential. ``lender_id`` is the credential that it names; None: the workspace's shared one."""

    provider: str
    base_url: str | None
    parameters: JsonObject
    user_id: str
    lender_id: str | None = None


class UpstreamSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider is reached: with which credential (None: without), where, and with which parameters."""

    credential_id: str | None
    base_url: str | None
    parameters: JsonObject


def read_reaching(provider: str, parameters: JsonObject) -> JsonObject:
    """Those of ``parameters`` that say how the provider is reached."""
    row = PROVIDERS.get(provider)
    named = () if row is None else row.parameters
    reaching = {parameter.name for parameter in named if parameter.neutral.partition(".")[0] in _REACHING}
    return {name: value for name, value in parameters.items() if name in reaching}


def find_lender(borrower: Borrower, rows: Iterable[Lender]) -> Lender | None:
    """The configuration among ``rows``, the oldest first, that lends ``borrower`` its credential."""
    return next((row for row in rows if _may_lend(row, borrower) and _is_there(row, borrower)), None)


def borrow(borrower: Borrower, lender: Configuration | ConfigurationRow | None) -> UpstreamSettings:
    """How ``borrower`` is reached with what ``lender`` lends it; without a lender, as it says itself."""
    if lender is None:
        return UpstreamSettings(credential_id=None, base_url=borrower.base_url, parameters=borrower.parameters)
    return UpstreamSettings(
        credential_id=lender.credential_id,
        base_url=borrower.base_url or lender.base_url,
        parameters={**read_reaching(lender.provider, lender.parameters), **borrower.parameters},
    )


def read_borrower(row: Configuration | ConfigurationRow) -> Borrower | None:
    """A stored configuration as it borrows; None when it does not."""
    if row.credential_id is not None or not row.borrows:
        return None
    return read_record(Borrower, row)


def read_version_borrower(
    provider: str, parameters: JsonObject, parent: Configuration | ConfigurationRow
) -> Borrower | None:
    """A version as it borrows the workspace's shared credential; None when it is reached as its configuration is."""
    if provider == parent.provider:
        return None
    return Borrower(provider=provider, base_url=None, parameters=parameters, user_id=parent.user_id)


def find_upstream(row: Configuration | ConfigurationRow, rows: Iterable[Lender]) -> UpstreamSettings:
    """How a stored configuration is reached; ``rows`` are as for :func:`find_lender`."""
    borrower = read_borrower(row)
    if borrower is None:
        return UpstreamSettings(credential_id=row.credential_id, base_url=row.base_url, parameters=row.parameters)
    return borrow(borrower, find_lender(borrower, rows))


def find_version_upstream(
    provider: str,
    parameters: JsonObject,
    parent: Configuration | ConfigurationRow,
    parent_upstream: UpstreamSettings,
    rows: Iterable[Lender],
) -> UpstreamSettings:
    """How a version is reached: as its configuration is, or by the workspace's shared credential of its provider."""
    borrower = read_version_borrower(provider, parameters, parent)
    if borrower is None:
        reaching = read_reaching(parent.provider, parent_upstream.parameters)
        return UpstreamSettings(
            credential_id=parent_upstream.credential_id,
            base_url=parent_upstream.base_url,
            parameters={**reaching, **parameters},
        )
    return borrow(borrower, find_lender(borrower, rows))


async def read_way(tx: Transaction, row: Configuration) -> UpstreamSettings:
    """:func:`find_upstream` in a database."""
    if row.credential_id is not None or not row.borrows:
        return find_upstream(row, ())
    return find_upstream(row, await configurations.list_lenders(tx, row.workspace_id, row.provider))


def write_lack(provider: Provider) -> str:
    """What to say where a configuration borrows, its provider needs a key, and nobody lends one."""
    name = provider.display_name
    return (
        f"is missing: this configuration borrows a key for {name}, and none is lent to it. Share a configuration of"
        f" {name} that has a key with the workspace, or give this one a key of its own."
    )


def _may_lend(row: Configuration | ConfigurationRow, borrower: Borrower) -> bool:
    if row.provider != borrower.provider or row.credential_id is None:
        return False
    if borrower.lender_id is not None:
        return row.credential_id == borrower.lender_id and (row.is_shared or row.user_id == borrower.user_id)
    return row.is_shared and row.is_active and row.application_id is None


def _is_there(row: Configuration | ConfigurationRow, borrower: Borrower) -> bool:
    """Whether the borrower asks at the place that the key was entered for."""
    upstream = borrow(borrower, row)
    lent = _origin(row.provider, row.base_url, row.parameters)
    return lent is not None and lent == _origin(row.provider, upstream.base_url, upstream.parameters)


def _origin(provider: str, base_url: str | None, parameters: JsonObject) -> str | None:
    row = PROVIDERS.get(provider)
    if row is None:
        return None
    try:
        return write_origin(read_base_url(row, base_url, parameters).origin)
    except InvalidInput:
        return None
