"""What was saved of something that has a history, and what each saved state changed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from trunkline.control.configurations.difference import Difference, compare
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.core.errors import InvalidInput
from trunkline.storage import revisions
from trunkline.storage.database import Transaction


class RevisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A saved state: who made it, when and why, and what it changed of the one before."""

    number: int
    author_id: str
    author: str
    created_at: datetime
    reason: str
    diff: tuple[Difference, ...]


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
            RevisionRecord(
                number=revision.number,
                author_id=revision.author_id,
                author=found.author,
                created_at=revision.created_at,
                reason=revision.reason,
                diff=tuple(compare(previous, revision.state)),
            )
        )
    return Page(records, encode_cursor(str(records[-1].number)) if len(saved) > page.limit else None)
