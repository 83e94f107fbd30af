"""Health on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasPath, Field

from trunkline.control.health.status import StatusState
from trunkline.core.health import HealthState
from trunkline.extensions.kind import ExtensionKind
from trunkline.extensions.standing import ExtensionState
from trunkline.faces.http.wire import Moment, ResponseBody


class StatusErrorResponse(ResponseBody):
    """The last failure."""

    kind: str
    message: str
    at: Moment


class BreakerResponse(ResponseBody):
    """How routes take a configuration in one process."""

    process: str
    state: Literal["open", "half-open"]
    seconds: int


class StatusCellResponse(ResponseBody):
    """A cell of the history."""

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    state: HealthState
    calls: int
    failures: int


class StatusChangeResponse(ResponseBody):
    """How a configuration is."""

    configuration_id: str
    name: str
    provider: str
    model: str | None
    state: StatusState
    since: Moment | None
    checked_at: Moment | None
    last_error: StatusErrorResponse | None


def _of_history(name: str) -> AliasPath:
    return AliasPath("history", name)


class HistoryResponse(ResponseBody):
    """How something was, and what lets its calls through now."""

    breakers: list[BreakerResponse]
    calls: int = Field(validation_alias=_of_history("calls"))
    failures: int = Field(validation_alias=_of_history("failures"))
    errors: dict[str, int] = Field(validation_alias=_of_history("errors"))
    uptime: float | None = Field(validation_alias=_of_history("uptime"))
    p50_ms: int | None = Field(validation_alias=_of_history("p50_ms"))
    p95_ms: int | None = Field(validation_alias=_of_history("p95_ms"))
    cells: list[StatusCellResponse] = Field(validation_alias=_of_history("cells"))


class ConfigurationStatusResponse(HistoryResponse, StatusChangeResponse):
    """How a configuration is and was."""


class ProviderStatusResponse(HistoryResponse):
    """How a provider is and was."""

    provider: str
    display_name: str
    state: HealthState
    since: Moment | None
    configurations: int
    last_error: StatusErrorResponse | None


class ExtensionStatusResponse(ResponseBody):
    """How an extension stands in one process."""

    process: str
    package: str = Field(validation_alias=AliasPath("extension", "package"))
    kind: ExtensionKind | None = Field(validation_alias=AliasPath("extension", "kind"))
    name: str | None = Field(validation_alias=AliasPath("extension", "name"))
    state: ExtensionState = Field(validation_alias=AliasPath("extension", "state"))
    reason: str = Field(validation_alias=AliasPath("extension", "reason"))


class StatusResponse(ResponseBody):
    """All providers, and a page of configurations."""

    state: HealthState
    at: Moment
    providers: list[ProviderStatusResponse]
    configurations: list[ConfigurationStatusResponse] = Field(validation_alias=AliasPath("configurations", "items"))
    extensions: list[ExtensionStatusResponse] = Field(
        description="The extensions that the settings name, in each process. Empty for all but administrators of the"
        " installation."
    )
