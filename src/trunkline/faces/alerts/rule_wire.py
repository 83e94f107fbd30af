"""Rules on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import Field, StrictBool, StringConstraints

from trunkline.control.alerts.preview import Firing, Preview
from trunkline.control.alerts.quiet_hours import QuietHours
from trunkline.control.alerts.rule import AlertRule, AlertRuleDraft
from trunkline.control.record import Beside, read_record
from trunkline.core.alert import AlertKind, AlertSubject, Severity
from trunkline.faces.http.wire import GivenId, GivenName, Moment, RequestBody, ResponseBody

SubjectId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Whole = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Number = Annotated[float, Field(strict=True, ge=0, le=1e9)]
Clock = Annotated[str, Field(max_length=5)]


class QuietHoursRequest(RequestBody):
    """Hours of every day in which notices wait; what is still so at their end is told then."""

    example: ClassVar[dict[str, Any]] = {"start": "22:00", "end": "07:00", "timeZone": "Europe/Berlin"}

    start: Clock
    end: Clock
    time_zone: Annotated[str, Field(max_length=100)] = "UTC"
    hold_critical: StrictBool = False


class _RuleFields(RequestBody):
    """What making, changing and trying a rule have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "workspaceId", "preset", "revision", "createdBy", "createdAt", "updatedAt"}
    )

    name: GivenName | None = None
    subject: Annotated[
        AlertSubject | None,
        Field(description="What it is narrowed to: a `configuration`, `provider`, `budget`, `key` or `policy`."),
    ] = None
    subject_id: Annotated[
        SubjectId | None, Field(description="The id of what it is narrowed to, or the provider's name.")
    ] = None
    threshold: Number | None = None
    window_minutes: Whole | None = None
    least_calls: Whole | None = None
    for_seconds: Whole | None = None
    severity: Severity | None = None
    quiet_hours: QuietHoursRequest | None = None
    repeat_minutes: Whole | None = None
    channel_ids: Annotated[list[GivenId] | None, Field(max_length=100)] = None
    enabled: StrictBool | None = None

    def read(self) -> AlertRuleDraft:
        """What was given, for the use case."""
        given: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "kind",
                "name",
                "threshold",
                "window_minutes",
                "least_calls",
                "for_seconds",
                "severity",
            )
            if getattr(self, name, None) is not None
        }
        for name in ("subject", "subject_id", "repeat_minutes"):
            if self.was_sent(name):
                given[name] = getattr(self, name)
        if self.was_sent("quiet_hours"):
            quiet = self.quiet_hours
            given["quiet"] = None if quiet is None else read_record(QuietHours, quiet)
        if self.enabled is not None:
            given["is_enabled"] = self.enabled
        channels = UNSET if self.channel_ids is None else tuple(self.channel_ids)
        return AlertRuleDraft(**given, channel_ids=channels)


class AlertRuleCreateRequest(_RuleFields):
    """A new rule. What is left out is as usual for its kind."""

    example: ClassVar[dict[str, Any]] = {
        "kind": "error_rate",
        "name": "Production fails often",
        "threshold": 5,
        "windowMinutes": 15,
        "severity": "critical",
    }

    kind: Annotated[AlertKind, Field(description="What it watches.")]


class AlertRuleUpdateRequest(_RuleFields):
    """What is to change of a rule. `null` takes away `subject`, `quietHours` and `repeatMinutes`."""

    example: ClassVar[dict[str, Any]] = {
        "repeatMinutes": 60,
        "quietHours": {"start": "22:00", "end": "07:00", "timeZone": "Europe/Berlin"},
    }

    kind: Annotated[AlertKind | None, Field(description="What it watches. It cannot be changed.")] = None


class AlertPreviewRequest(AlertRuleCreateRequest):
    """A rule to try over the past."""

    example: ClassVar[dict[str, Any]] = {"kind": "error_rate", "threshold": 5, "windowMinutes": 15, "days": 7}

    days: Annotated[int, Field(strict=True, description="How many days to look back, 31 at most.")] = 7


class QuietHoursResponse(ResponseBody):
    """Hours of every day in which notices wait."""

    start: str
    end: str
    time_zone: str
    hold_critical: bool


class AlertRuleResponse(ResponseBody):
    """A rule. `preset` names one that is there without being made: it has no `createdAt` until somebody changes it."""

    id: str
    workspace_id: str | None
    preset: str | None
    name: str
    kind: AlertKind
    subject: AlertSubject | None
    subject_id: str | None
    threshold: float | None
    window_minutes: int | None
    least_calls: int | None
    for_seconds: int
    severity: Severity
    quiet_hours: QuietHoursResponse | None
    repeat_minutes: int | None
    channel_ids: list[str]
    enabled: bool
    revision: int
    created_by: str | None
    created_at: Moment | None
    updated_at: Moment | None

    @classmethod
    def of(cls, record: AlertRule) -> AlertRuleResponse:
        """From the record."""
        return super().of(
            Beside(record, quiet_hours=record.quiet, enabled=record.is_enabled, channel_ids=list(record.channel_ids))
        )


class FiringResponse(ResponseBody):
    """An alert that there would have been."""

    subject: AlertSubject
    subject_id: str
    subject_name: str
    begin: Annotated[Moment, Field(alias="from")]
    end: Annotated[Moment | None, Field(alias="until")]
    value: float | None

    @classmethod
    def of(cls, record: Firing) -> FiringResponse:
        """From the record."""
        return cls.model_validate(record)


class AlertPreviewResponse(ResponseBody):
    """When a rule would have fired. `count` is of all, `firings` has the first 500 of them."""

    since: Moment
    until: Moment
    count: int
    firings: list[FiringResponse]
    note: str | None

    @classmethod
    def of(cls, record: Preview) -> AlertPreviewResponse:
        """From the record."""
        return super().of(Beside(record, firings=[FiringResponse.of(each) for each in record.firings]))
