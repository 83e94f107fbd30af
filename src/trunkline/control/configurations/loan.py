"""What a draft says of borrowing, and who would lend: a part of checking a configuration."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trunkline.control.configurations.borrowing import Borrower, UpstreamSettings, borrow, find_lender
from trunkline.control.configurations.configuration import Draft, Present, choose
from trunkline.control.configurations.credentials import API_KEY
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import FieldError, NotFound
from trunkline.core.secret import Secret
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.storage import configurations
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it borrows, which credential it names for that, and how it is reached with what is lent."""

    borrows: bool
    lender_id: str | None
    upstream: UpstreamSettings
    errors: tuple[FieldError, ...] = ()


def read_borrowing(draft: Draft, present: Present | None) -> tuple[bool, str | None]:
    """Whether it is to borrow, unless it has secrets of its own, and the credential that it names for that."""
    borrows = choose(draft.borrows, present.borrows if present else False)
    return borrows, choose(draft.lender_id, present.lender_id if present else None) if borrows else None


async def list_lenders(tx: Transaction, actor: Actor, draft: Draft, present: Present | None) -> list[Configuration]:
    """The configurations that may lend their credential; when the draft names one, those that ``actor`` may see."""
    borrows, lender_id = read_borrowing(draft, present)
    if not borrows:
        return []
    try:
        provider = find(choose(draft.provider, present.provider if present else ""))
    except NotFound:
        return []
    rows = await configurations.list_lenders(tx, actor.workspace_id, provider.id)
    if lender_id is None or (present is not None and lender_id == present.lender_id):
        return rows
    return [
        row
        for row in rows
        if access.may_see(
            actor,
            owner_id=row.user_id,
            workspace_id=row.workspace_id,
            shared=row.is_shared,
            application_id=row.application_id,
        )
    ]


def find_loan(
    actor: Actor,
    draft: Draft,
    present: Present | None,
    provider: Provider,
    base_url: str | None,
    parameters: JsonObject,
    lenders: Sequence[Configuration],
) -> Loan:
    """The loan for ``draft`` over ``present``, whose merged state the rest says.

    ``lenders`` are those of :func:`list_lenders`. A credential that was named before and is gone since is no error of
    this draft.
    """
    borrows, lender_id = read_borrowing(draft, present)
    given, shown = draft.api_key, present.masks.get(API_KEY) if present else None
    entered = isinstance(given, Secret) and given.reveal().strip() != shown
    if not borrows or entered or provider.auth == "none":
        own = UpstreamSettings(credential_id=None, base_url=base_url, parameters=parameters)
        return Loan(borrows=False, lender_id=None, upstream=own)
    borrower = Borrower(
        provider=provider.id,
        base_url=base_url,
        parameters=parameters,
        user_id=present.user_id if present else actor.user_id,
        lender_id=lender_id,
    )
    lender = find_lender(borrower, lenders)
    errors: tuple[FieldError, ...] = ()
    asked = (lender_id, provider.id, base_url)
    if lender is None and lender_id is not None and (present is None or asked != _asked(present)):
        errors = (FieldError("credentialId", _explain(provider)),)
    return Loan(borrows=True, lender_id=lender_id, upstream=borrow(borrower, lender), errors=errors)


def _asked(present: Present) -> tuple[str | None, str, str | None]:
    return present.lender_id, present.provider, present.base_url


def _explain(provider: Provider) -> str:
    name = provider.display_name
    return (
        f"names no credential for {name} that may be used at this address. Send the apiKeyInfo.credentialId of a"
        f" configuration of {name}, or leave it out to use the workspace's shared one."
    )
