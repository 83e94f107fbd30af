"""``/api/capture``: what the workspace keeps of the content of its requests."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from trunkline.control.capture.captures import CaptureRecord
from trunkline.core.capture import CaptureRule
from trunkline.core.errors import InvalidInput
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import RequestBody, ResponseBody

router = Router(prefix="/api/capture", tags=["Capture"])

Country = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=2)]


class CaptureUpdateRequest(RequestBody):
    """What is to be captured. Without `rate`, and with `enabled`, every request is."""

    read_only: ClassVar[frozenset[str]] = frozenset({"kept"})
    example: ClassVar[dict[str, Any]] = {
        "enabled": True, "rate": 0.1, "redactPersonalData": True, "countries": ["DE"], "keepDays": 7,
    }  # fmt: skip

    enabled: Annotated[bool, Field(strict=True)]
    rate: Annotated[float, Field(strict=True)] | None = None
    redact_personal_data: Annotated[bool, Field(strict=True)] = False
    countries: Annotated[list[Country], Field(max_length=20, default_factory=list)]
    keep_days: Annotated[int, Field(strict=True)] = 7

    def read(self) -> CaptureRule | None:
        """What was given, for the use case."""
        if not self.enabled:
            if self.rate is not None and self.rate > 0:
                raise InvalidInput.of("rate", "captures something: set enabled to true, or leave the rate out.")
            return None
        return CaptureRule(
            rate=1.0 if self.rate is None else self.rate,
            redacts_personal_data=self.redact_personal_data,
            countries=tuple(self.countries),
            keep_days=self.keep_days,
        )


class CaptureResponse(ResponseBody):
    """What is captured, and of how many requests something is kept now."""

    enabled: bool
    rate: float
    redact_personal_data: bool
    countries: list[str]
    keep_days: int
    kept: int

    @classmethod
    def of_record(cls, record: CaptureRecord) -> CaptureResponse:
        """From the record."""
        rule = record.rule
        shown = CaptureRule(rate=0.0) if rule is None else rule
        return cls(
            enabled=rule is not None,
            rate=shown.rate,
            redact_personal_data=shown.redacts_personal_data,
            countries=list(shown.countries),
            keep_days=shown.keep_days,
            kept=record.kept,
        )


class CaptureErasedResponse(ResponseBody):
    """Of how many requests the content was deleted."""

    erased: int


@router.get("", dependencies=[allow("capture.read")])
async def get_capture(services: ServicesDep, actor: ActorDep) -> CaptureResponse:
    """What the workspace captures of the content of its requests. Nothing, unless an admin has said so."""
    return CaptureResponse.of_record(await services.captures.get(actor))


@router.put("", dependencies=[allow("capture.change")])
async def update_capture(services: ServicesDep, given: CaptureUpdateRequest, actor: ActorDep) -> CaptureResponse:
    """Capture requests and their answers from now on, or no more. What is kept already stays for its time.

    Captured content is redacted, encrypted, shown to the workspace's admins by `GET /api/requests/{request_id}`, and
    deleted after `keepDays`.
    """
    return CaptureResponse.of_record(await services.captures.update(actor, given.read()))


@router.delete("", dependencies=[allow("capture.change")])
async def erase_capture(services: ServicesDep, actor: ActorDep) -> CaptureErasedResponse:
    """Delete all content that was captured in the workspace. What is captured stays as it is set."""
    return CaptureErasedResponse(erased=await services.captures.erase(actor))
