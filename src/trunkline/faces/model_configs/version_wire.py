"""Versions on the wire, in and out."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import AfterValidator, Field, StrictBool

from trunkline.control.versions.version import VersionDraft
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, Moment, RequestBody, ResponseBody
from trunkline.faces.model_configs.wire import ModelConfigSettingsRequest


def _read_percent(percent: float) -> float:
    if not 0 <= percent <= 100:
        raise ValueError("must be between 0 and 100.")
    hundredths = percent * 100
    if abs(hundredths - round(hundredths)) > 1e-6:
        raise ValueError("has at most two decimals.")
    return percent


Percent = Annotated[
    float, Field(strict=True, json_schema_extra={"minimum": 0, "maximum": 100}), AfterValidator(_read_percent)
]
"""Of the traffic: 0 to 100, whole or with two decimals."""


class VersionMetricsResponse(ResponseBody):
    """What a version has served: means per request, and what people thought of the answers (1–5, null until rated)."""

    request_count: int
    avg_latency_ms: int = Field(validation_alias="average_latency_ms")
    avg_tokens_used: int = Field(validation_alias="average_tokens")
    error_rate: float
    user_satisfaction_score: float | None = Field(validation_alias="satisfaction")


class VersionResponse(ResponseBody):
    """A version. ``settings`` are those that it sets; what it does not set is not sent."""

    id: str = Field(serialization_alias="_id")
    config_id: str = Field(validation_alias="configuration_id")
    application_id: str | None
    version: str
    label: str
    provider: str
    model_id: str | None = Field(validation_alias="model")
    settings: dict[str, Any]
    traffic_percent: int | float
    is_active: bool
    metrics: VersionMetricsResponse
    created_at: Moment
    updated_at: Moment


class VersionUpdateRequest(RequestBody):
    """Any subset of a version. ``settings`` are merged name by name, null takes one away."""

    read_only: ClassVar[frozenset[str]] = frozenset({"_id", "configId", "metrics", "createdAt", "updatedAt"})
    example: ClassVar[dict[str, Any]] = {"trafficPercent": 25, "settings": {"temperature": 0.2}}

    application_id: GivenId | None = Field(default=None, description="Only that of the configuration.")
    version: str = Field("", max_length=64)
    label: str = Field("", max_length=255)
    provider: str = Field("", max_length=100)
    model_id: str = Field("", max_length=255)
    settings: ModelConfigSettingsRequest = Field(default_factory=ModelConfigSettingsRequest)
    traffic_percent: Percent = Field(
        default=0, description="The other active versions are scaled so that all sum up to 100."
    )
    is_active: StrictBool = True

    def draft(self) -> VersionDraft:
        """What was sent, and nothing else."""
        return VersionDraft(
            application_id=self._sent("application_id"),
            version=self._sent("version"),
            label=self._sent("label"),
            provider=self._sent("provider"),
            model=self._sent("model_id"),
            settings=self.settings.read() if self.was_sent("settings") else UNSET,
            share=round(self.traffic_percent * 100) if self.was_sent("traffic_percent") else UNSET,
            is_active=self._sent("is_active"),
        )

    def _sent(self, field: str) -> Any:
        return getattr(self, field) if self.was_sent(field) else UNSET


class VersionCreateRequest(VersionUpdateRequest):
    """A new version. ``provider`` and ``modelId`` are the configuration's where they are left out."""

    example: ClassVar[dict[str, Any]] = {
        "version": "v3",
        "label": "Short answers",
        "settings": {"maxTokens": 800},
        "trafficPercent": 25,
    }

    version: str = Field(max_length=64)


class VersionShareRequest(RequestBody):
    """The share of one version."""

    example: ClassVar[dict[str, Any]] = {"_id": EXAMPLE_ID, "trafficPercent": 100}

    id: GivenId = Field(alias="_id")
    traffic_percent: Percent
