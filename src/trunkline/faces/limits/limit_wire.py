"""Limits on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import Field, StringConstraints

from trunkline.control.limits.limit import LimitChange, LimitDraft
from trunkline.control.record import read_record
from trunkline.core.limit import Measure, Subject, Window
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody

SubjectId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
StrictInt = Annotated[int, Field(strict=True)]


class LimitCreateRequest(RequestBody):
    """A new limit."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "workspaceId", "subjectName", "byAdmin", "revision", "createdBy", "createdAt", "updatedAt"}
    )
    example: ClassVar[dict[str, Any]] = {"subject": "key", "measure": "requests", "amount": 60}

    subject: Subject
    subject_id: SubjectId | None = None
    measure: Measure
    amount: StrictInt
    window: Window | None = None
    burst: StrictInt | None = None

    def read(self) -> LimitDraft:
        """What was given, for the use case."""
        return read_record(LimitDraft, self)


class LimitUpdateRequest(RequestBody):
    """What is to change of a limit. What it is for stays: make another limit for that."""

    read_only: ClassVar[frozenset[str]] = LimitCreateRequest.read_only | {
        "subject", "subjectId", "measure", "window",
    }  # fmt: skip
    example: ClassVar[dict[str, Any]] = {"amount": 120}

    amount: StrictInt | None = None
    burst: StrictInt | None = None

    def read(self) -> LimitChange:
        """What was given, for the use case."""
        return LimitChange(
            amount=self.amount if self.amount is not None else UNSET,
            burst=self.burst if self.was_sent("burst") else UNSET,
        )


class LimitResponse(ResponseBody):
    """A limit."""

    id: str
    workspace_id: str
    subject: Subject
    subject_id: str | None
    subject_name: str | None
    measure: Measure
    amount: int
    window: Window | None
    burst: int | None
    by_admin: bool
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment
