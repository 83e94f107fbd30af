"""``/api/retention``: how long things are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from msgspec import UNSET, UnsetType
from pydantic import Field

from trunkline.control.workspaces.workspace_retention import RetentionDraft, RetentionRecord
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import RequestBody, ResponseBody

router = Router(prefix="/api/retention", tags=["Retention"])

Days = Annotated[int | None, Field(strict=True)]


class RetentionDaysResponse(ResponseBody):
    """After how many days each kind of record is deleted; null where nothing is said."""

    requests_days: int | None
    conversations_days: int | None
    violations_days: int | None
    alerts_days: int | None
    audit_days: int | None


class RetentionResponse(RetentionDaysResponse):
    """After how many days each kind of record is deleted; null where it is kept. Sums of usage are always kept."""

    workspace: RetentionDaysResponse = Field(description="What the workspace says itself.")
    installation: RetentionDaysResponse = Field(description="What the installation says: the most for all.")

    @classmethod
    def of(cls, record: RetentionRecord) -> RetentionResponse:
        """From the record."""
        return cls(
            **_name(record.holding),
            workspace=RetentionDaysResponse(**_name(record.workspace)),
            installation=RetentionDaysResponse(**_name(record.installation)),
        )


class RetentionUpdateRequest(RequestBody):
    """How long the workspace keeps things. Null: as long as the installation."""

    read_only: ClassVar[frozenset[str]] = frozenset({"workspace", "installation"})
    example: ClassVar[dict[str, Any]] = {"requestsDays": 90, "conversationsDays": None}

    requests_days: Days = None
    conversations_days: Days = None
    violations_days: Days = None
    alerts_days: Days = None
    audit_days: Days = None

    def read(self) -> RetentionDraft:
        """What was sent, and nothing else."""

        def sent(field: str, days: int | None) -> int | UnsetType | None:
            return days if self.was_sent(field) else UNSET

        return RetentionDraft(
            requests=sent("requests_days", self.requests_days),
            conversations=sent("conversations_days", self.conversations_days),
            violations=sent("violations_days", self.violations_days),
            alerts=sent("alerts_days", self.alerts_days),
            audit=sent("audit_days", self.audit_days),
        )


@router.get("", dependencies=[allow("retention.read")])
async def get_retention(services: ServicesDep, actor: ActorDep) -> RetentionResponse:
    """How long things are kept in the workspace."""
    return RetentionResponse.of(await services.workspace_retention.read(actor))


@router.put("", dependencies=[allow("retention.change")])
async def update_retention(services: ServicesDep, given: RetentionUpdateRequest, actor: ActorDep) -> RetentionResponse:
    """Keep things in the workspace for a shorter time than the installation does. What is too old is deleted hourly."""
    return RetentionResponse.of(await services.workspace_retention.update(actor, given.read()))


def _name(days: Mapping[str, int | None]) -> dict[str, int | None]:
    return {f"{kind}_days": count for kind, count in days.items()}
