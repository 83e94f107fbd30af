"""Configurations on the wire, in and out."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from trunkline.control.configurations.configuration import TestStatus
from trunkline.faces.http.caching_wire import ShownCaching
from trunkline.faces.http.configuration_wire import ConfigurationUpdateRequest, KeyText, TestStageResponse
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody


class ConfigurationKeyResponse(ResponseBody):
    """What is known of the stored key beside its mask. By ``credentialId`` another configuration borrows it."""

    credential_id: str
    fingerprint: str | None
    added_by: str
    added_at: Moment
    last_used_at: Moment | None


class LastTestResponse(ResponseBody):
    """How the last connection test ended; ``message`` says whose fault it is, and what to do about it."""

    tested_at: Moment
    success: bool
    latency_ms: int
    message: str


class ConfigurationResponse(ResponseBody):
    """A configuration. ``apiKey`` is a mask, as are the values of ``configuration.headers``.

    One that ``borrows`` has no key of its own: it uses the credential ``lenderId``, or without one the workspace's
    shared credential of its provider. ``lastTest`` is null before the first test, and after a change of
    the key, the address or the provider.
    """

    id: str
    user_id: str
    workspace_id: str
    application_id: str | None
    name: str
    provider: str
    model: str | None
    api_key: str | None = Field(validation_alias="mask")
    api_key_info: ConfigurationKeyResponse | None = Field(validation_alias="key")
    borrows: bool
    lender_id: str | None
    base_url: str | None
    configuration: dict[str, Any] = Field(validation_alias="parameters")
    caching: ShownCaching
    is_active: bool
    shared: bool
    revision: int
    last_tested: Moment | None = Field(validation_alias="last_tested_at")
    test_status: TestStatus
    last_test: LastTestResponse | None
    created_at: Moment
    updated_at: Moment


class ConfigurationNameResponse(ResponseBody):
    """What tells a configuration from others."""

    id: str
    user_id: str
    application_id: str | None
    name: str
    provider: str
    model: str | None
    is_active: bool
    shared: bool
    lender_id: str | None
    revision: int


class ConfigurationCreateRequest(ConfigurationUpdateRequest):
    """A new configuration."""

    example: ClassVar[dict[str, Any]] = {
        "name": "Our GPT",
        "provider": "openai",
        "model": "gpt-4o-mini",
        "apiKey": "sk-proj-xxxxxxxxxxxx",
        "configuration": {"temperature": 0.7},
        "shared": True,
    }

    name: str = Field(max_length=255)
    provider: str = Field(max_length=100)
    model: str = Field(max_length=255)


class ConfigurationTestResponse(ResponseBody):
    """How a test ended. ``cached``: it is the result of an earlier test, which ended ``ageSeconds`` ago."""

    __test__ = False

    success: bool
    status: TestStatus
    message: str
    stages: list[TestStageResponse]
    latency_ms: int
    tested_at: Moment
    cached: bool
    age_seconds: int


class KeyRotateRequest(RequestBody):
    """A new key; without one the stored key is encrypted anew."""

    example: ClassVar[dict[str, Any]] = {"apiKey": "sk-proj-yyyyyyyyyyyy"}

    api_key: KeyText | None = None


class KeyRotateResponse(ResponseBody):
    """The mask of the key that is stored now, and when it was turned."""

    id: str
    api_key: str | None
    rotated_at: Moment


class ConfigurationRevertRequest(RequestBody):
    """``apiKey`` is needed where the revision has another origin than now."""

    example: ClassVar[dict[str, Any]] = {"reason": "The new model is slower."}

    api_key: KeyText | None = None
    reason: str = Field("", max_length=500)
