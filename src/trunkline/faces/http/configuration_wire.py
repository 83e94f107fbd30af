"""What a configuration is made of on the wire, and a step of its test: for the faces that change and that check one."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, UnsetType
from pydantic import Field, SecretStr, StrictBool

from trunkline.control.configurations.configuration import Draft
from trunkline.core.secret import Secret
from trunkline.faces.http.caching_wire import GivenCaching, read_caching
from trunkline.faces.http.wire import RequestBody, ResponseBody

KeyText = Annotated[SecretStr, Field(max_length=32_768)]
"""A key in plain, a sealed one, or the mask of the stored one."""


_READ_ONLY = frozenset(
    {
        "id",
        "userId",
        "workspaceId",
        "apiKeyInfo",
        "borrows",
        "lenderId",
        "revision",
        "lastTested",
        "testStatus",
        "lastTest",
        "createdAt",
        "updatedAt",
    }
)


class ConfigurationUpdateRequest(RequestBody):
    """Any subset of a configuration. ``configuration`` is merged member by member; null takes a member away."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY
    example: ClassVar[dict[str, Any]] = {"configuration": {"temperature": 0.2}, "reason": "Shorter answers"}

    name: str = ""
    provider: str = ""
    model: str = ""
    api_key: KeyText | None = None
    base_url: str | None = None
    configuration: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies defaults
    is_active: StrictBool = True
    shared: StrictBool = False
    application_id: str | None = None
    caching: GivenCaching = None
    reason: str = Field("", max_length=500, description="Why, for the history.")

    def draft(self, reason: str | None = None) -> Draft:
        """What was sent, and nothing else. ``reason`` is the header's; that of the body wins."""
        return Draft(
            name=self._sent("name", self.name),
            provider=self._sent("provider", self.provider),
            model=self._sent("model", self.model),
            api_key=self._sent("api_key", read_secret(self.api_key)),
            base_url=self._sent("base_url", self.base_url),
            parameters=self._sent("configuration", self.configuration),
            is_active=self._sent("is_active", self.is_active),
            shared=self._sent("shared", self.shared),
            application_id=self._sent("application_id", self.application_id),
            caching=self._sent("caching", read_caching(self.caching)),
            reason=self.reason or reason or "",
        )

    def _sent(self, field: str, value: Any) -> Any | UnsetType:
        return value if self.was_sent(field) else UNSET


def read_secret(given: SecretStr | None) -> Secret | None:
    """The wire's secret as ours."""
    return None if given is None else Secret(given.get_secret_value())


class TestStageResponse(ResponseBody):
    """One step of a test."""

    name: str
    ok: bool
    ms: int | None
    message: str
    details: dict[str, Any]
