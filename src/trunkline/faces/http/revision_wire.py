"""A saved state on the wire, alike for everything that has a history."""

from __future__ import annotations

from typing import Any

from trunkline.control.configurations.history import RevisionRecord
from trunkline.faces.http.wire import Moment, ResponseBody


class RevisionDifferenceResponse(ResponseBody):
    """One thing that a revision changed, by its path."""

    path: str
    before: Any
    after: Any


class RevisionResponse(ResponseBody):
    """A saved state: what it changed of the one before."""

    number: int
    author: str
    author_id: str
    time: Moment
    reason: str
    diff: list[RevisionDifferenceResponse]

    @classmethod
    def of(cls, record: RevisionRecord) -> RevisionResponse:
        """As people see it."""
        return cls(
            number=record.number,
            author=record.author,
            author_id=record.author_id,
            time=record.created_at,
            reason=record.reason,
            diff=[RevisionDifferenceResponse(path=one.path, before=one.before, after=one.after) for one in record.diff],
        )
