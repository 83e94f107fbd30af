"""Conversations: everybody's own, which nobody else reads, also no administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trunkline.control.audit import Audit
from trunkline.control.conversations.branches import Tree
from trunkline.control.conversations.message import MessageRecord, show_message
from trunkline.control.conversations.pictures import owner_of
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.storage import conversations as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord:
    """A conversation without its messages. Exactly one of ``feature`` (a slug) and ``model`` is set."""

    id: str
    title: str
    titled_by: str
    feature: str | None
    model: str | None
    leaf_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationTree(ConversationRecord):
    """A conversation with all of its branches. ``messages`` are in the order of their making."""

    messages: Sequence[MessageRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChange:
    """What is to change; None: nothing of that. ``feature`` and ``model`` are alternatives."""

    title: str | None = None
    leaf_id: str | None = None
    feature: str | None = None
    model: str | None = None


class Conversations:
    """The conversations of the actor: a user's own, or those that an application holds.

    The audit log tells that one was begun, changed or deleted, and nothing of what is in it: administrators read it.
    """

    def __init__(self, database: Database, audit: Audit, holder: SnapshotHolder) -> None:
        self._database = database
        self._audit = audit
        self._holder = holder

    async def create(self, actor: Actor, *, feature: str | None, model: str | None) -> ConversationRecord:
        """A new one, with a feature or a model: any name that calls may use as ``model``."""
        access.check(actor, "conversations.change")
        if (feature is None) == (model is None):
            raise InvalidInput.of("model", "name a feature or a model to talk with: one of the two.")
        self._check_feature(actor, feature)
        row = Conversation(
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            feature=feature,
            model=model,
        )
        async with self._database.write() as tx:
            await rows.insert(tx, row)
            await self._audit.record(
                tx,
                actor,
                "conversations.create",
                target=("conversation", row.id),
                after={"feature": feature, "model": model},
            )
        return _show(row)

    async def list(self, actor: Actor, page: PageRequest, words: str | None = None) -> Page[ConversationRecord]:
        """The last used first; with ``words`` those that have them in their title or a message."""
        access.check(actor, "conversations.read")
        after = None if page.after is None else _read_place(page.after)
        async with self._database.read() as tx:
            found = await rows.find_page(tx, owner_of(actor), words=words, limit=page.limit + 1, after=after)
        kept = [_show(row) for row in found[: page.limit]]
        more = len(found) > page.limit
        return Page(kept, encode_cursor(f"{kept[-1].updated_at.isoformat()} {kept[-1].id}") if more else None)

    async def get(self, actor: Actor, conversation_id: str) -> ConversationTree:
        """One, with all of its messages."""
        access.check(actor, "conversations.read")
        async with self._database.read() as tx:
            row = await self._find(tx, actor, conversation_id)
            messages = await rows.list_messages(tx, row.id)
        return ConversationTree(**_fields(row), messages=tuple(show_message(message) for message in messages))

    async def update(self, actor: Actor, conversation_id: str, change: ConversationChange) -> ConversationRecord:
        """Give it a title, show another branch (through ``leaf_id`` to its newest end), or go on with another model."""
        access.check(actor, "conversations.change")
        async with self._database.write() as tx:
            row = await self._find(tx, actor, conversation_id, lock=True)
            if change.title is not None:
                row.title, row.titled_by = change.title, "user"
            if change.leaf_id is not None:
                row.leaf_id = Tree(await rows.list_messages(tx, row.id)).end(change.leaf_id)
            if change.feature is not None or change.model is not None:
                if change.feature is not None and change.model is not None:
                    raise InvalidInput.of("model", "name a feature or a model to go on with: one of the two.")
                self._check_feature(actor, change.feature)
                before = {"feature": row.feature, "model": row.model}
                row.feature, row.model = change.feature, change.model
                await self._audit.record(
                    tx,
                    actor,
                    "conversations.change",
                    target=("conversation", row.id),
                    before=before,
                    after={"feature": row.feature, "model": row.model},
                )
            await tx.flush()
            return _show(row)

    async def delete(self, actor: Actor, conversation_id: str) -> None:
        """Delete it with its messages and pictures. An answer that is being written stops; its usage stays counted."""
        access.check(actor, "conversations.change")
        async with self._database.write() as tx:
            row = await self._find(tx, actor, conversation_id, lock=True)
            await rows.remove(tx, row)
            await self._audit.record(tx, actor, "conversations.delete", target=("conversation", conversation_id))

    def _check_feature(self, actor: Actor, slug: str | None) -> None:
        part = self._holder.current.parts.get(actor.workspace_id)
        if slug is not None and (part is None or slug not in part.features):
            raise InvalidInput.of(
                "feature", f"there is no feature {slug!r} here. GET /api/features lists what there is."
            )

    async def _find(self, tx: Transaction, actor: Actor, conversation_id: str, *, lock: bool = False) -> Conversation:
        found = await rows.find(tx, owner_of(actor), conversation_id, lock=lock)
        if found is None:
            raise NotFound("There is no conversation of that id among yours.")
        return found


def _read_place(key: str) -> tuple[datetime, str]:
    moment, _, identity = key.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput.of("cursor", "it is not one that this list has given; leave it out to start anew.") from None
    return at, identity


def _fields(row: Conversation) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "titled_by": row.titled_by,
        "feature": row.feature,
        "model": row.model,
        "leaf_id": row.leaf_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _show(row: Conversation) -> ConversationRecord:
    return ConversationRecord(**_fields(row))
