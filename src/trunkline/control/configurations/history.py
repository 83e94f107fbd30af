"""What was saved of something that has a history, and what each saved state changed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.configurations.difference import ChangedField, compare, split
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput
from trunkline.storage import revisions, workspaces
from trunkline.storage.change_marks import Touched
from trunkline.storage.database import Transaction


class RevisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A saved state: who made it, when and why, and what it changed of the one before."""

    number: int
    author_id: str
    author: str
    created_at: datetime
    reason: str
    diff: tuple[ChangedField, ...]


async def save_state(
    tx: Transaction,
    audit: Audit,
    actor: Actor,
    action: str,
    *,
    kind: Touched,
    subject_id: str,
    workspace_id: str,
    number: int,
    reason: str,
    before: JsonObject | None,
    after: JsonObject,
) -> None:
    """What every change of such a thing leaves: a revision, an audit event, and the note that makes calls see it.

    ``before`` None or empty: it has just been made.
    """
    await revisions.insert(
        tx,
        kind=kind,
        subject_id=subject_id,
        workspace_id=workspace_id,
        number=number,
        author_id=actor.user_id,
        reason=reason,
        state=after,
    )
    old, new = split(compare(before or {}, after))
    await audit.record(tx, actor, action, target=(kind, subject_id), before=old if before else None, after=new)
    await workspaces.touch(tx, workspace_id, kind, subject_id)


async def read_history(
    tx: Transaction, workspace_id: str, kind: str, subject_id: str, page: PageRequest
) -> Page[RevisionRecord]:
    """The saved states of a subject, the newest first. The first one's difference is from nothing."""
    after = page.after
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 10):
        raise InvalidInput.of("cursor", "it is not one that a list has given; leave it out to start anew.")
    before = None if after is None else int(after)
    saved = await revisions.list_newest(tx, workspace_id, kind, subject_id, before=before, limit=page.limit + 1)
    records: list[RevisionRecord] = []
    for index, found in enumerate(saved[: page.limit]):
        revision = found.revision
        previous = saved[index + 1].revision.state if index + 1 < len(saved) else {}
        records.append(
            read_record(RevisionRecord, revision, author=found.author, diff=tuple(compare(previous, revision.state)))
        )
    return Page(records, encode_cursor(str(records[-1].number)) if len(saved) > page.limit else None)
