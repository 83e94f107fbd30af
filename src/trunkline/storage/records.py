"""Whether something has an id at all, in whichever table and workspace: for the audit log, never for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import literal, select, union_all

from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    AlertChannelRow,
    AlertRow,
    AlertRuleRow,
    ApiKey,
    Application,
    Batch,
    BudgetRow,
    Configuration,
    ConfigurationVersion,
    Conversation,
    ConversationMessage,
    Credential,
    Feature,
    IdentityProvider,
    Invitation,
    Job,
    Limit,
    McpServerRow,
    ModelDocument,
    Picture,
    Policy,
    ProviderTemplate,
    Route,
    StoredFile,
    Workspace,
    WorkspacePrice,
)

OWNED: Final = (
    Workspace,
    AlertChannelRow,
    AlertRow,
    AlertRuleRow,
    Application,
    ApiKey,
    Batch,
    BudgetRow,
    Configuration,
    ConfigurationVersion,
    Conversation,
    ConversationMessage,
    Credential,
    Feature,
    IdentityProvider,
    Invitation,
    Job,
    Limit,
    McpServerRow,
    WorkspacePrice,
    ModelDocument,
    Picture,
    Policy,
    ProviderTemplate,
    Route,
    StoredFile,
)
"""What is asked for by its id. A refused try at one of another tenant is noted in the audit log."""


async def exist(tx: Transaction, ids: Iterable[str]) -> bool:
    """Whether any record of a tenant has one of ``ids``."""
    wanted = list(ids)
    if not wanted:
        return False
    query = union_all(*(select(literal(1)).where(table.id.in_(wanted)) for table in OWNED)).limit(1)
    return (await tx.execute(query)).first() is not None
