"""A saved state on the wire, alike for everything that has a history."""

from __future__ import annotations

from typing import Any

from pydantic import Field

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
    time: Moment = Field(validation_alias="created_at")
    reason: str
    diff: list[RevisionDifferenceResponse]
