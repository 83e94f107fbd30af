"""Applications' configurations on the wire, in and out."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import BeforeValidator, Field, SecretStr, StrictBool

from trunkline.control.model_configs.model_config import ModelConfigDraft, ModelConfigRecord
from trunkline.control.record import Beside
from trunkline.core.chat import JsonObject
from trunkline.core.secret import Secret
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, Moment, RequestBody, ResponseBody

Number = Annotated[float, Field(strict=True)]


def _read_whole(number: object) -> object:
    # JSON has no integers of its own: 4096.0 is one too.
    return int(number) if isinstance(number, float) and number.is_integer() else number


Whole = Annotated[int, Field(strict=True), BeforeValidator(_read_whole)]


class ModelConfigSettingsRequest(RequestBody):
    """Any of the settings; null takes one away. A provider's own ranges may be narrower."""

    temperature: Number | None = Field(
        default=None, description="0–2; gemini and anthropic 0–1. Shown as 0.7 when not set."
    )
    max_tokens: Whole | None = Field(default=None, description="1–128000. Shown as 2048 when not set.")
    top_p: Number | None = Field(default=None, description="0–1. Shown as 1.0 when not set.")
    system_prompt: str | None = Field(default=None, description="The system message of every call.")

    def read(self) -> JsonObject:
        """What was sent, by its name on the wire."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class ModelConfigSettingsResponse(ResponseBody):
    """All settings. What nobody has set shows its default, which is not sent to the provider."""

    temperature: float
    max_tokens: int
    top_p: float
    system_prompt: str | None


class ModelConfigResponse(ResponseBody):
    """A configuration of an application. ``apiKey`` is the mask of its own key, null where it borrows one."""

    id: str = Field(serialization_alias="_id")
    application_id: str | None
    name: str
    provider: str
    model_id: str | None = Field(validation_alias="model")
    is_default: bool
    settings: ModelConfigSettingsResponse
    api_key: str | None = Field(validation_alias="mask")
    credential_id: str | None = Field(
        validation_alias="lender_id", description="The credential that is borrowed by name."
    )
    base_url: str | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, record: ModelConfigRecord) -> ModelConfigResponse:
        """From the record."""
        return super().of(
            Beside(
                record.configuration,
                is_default=record.is_default,
                settings=ModelConfigSettingsResponse.model_validate(record.settings),
            )
        )


class _ConfigFields(RequestBody):
    """What making and changing have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset({"createdAt", "updatedAt"})

    echoed_id: Any = Field(default=None, alias="_id", description="Of an answer that is sent back; ignored.")
    name: str = Field("", max_length=255)
    provider: str = Field("", max_length=100)
    model_id: str = Field("", max_length=255)
    is_default: StrictBool = False
    settings: ModelConfigSettingsRequest = Field(default_factory=ModelConfigSettingsRequest)
    api_key: Annotated[SecretStr, Field(max_length=32_768)] | None = Field(
        default=None, description="In plain, sealed, or the mask of the stored one; null: borrow one."
    )
    credential_id: GivenId | None = Field(
        default=None,
        description="The credential to borrow: an `apiKeyInfo.credentialId`. Null: the workspace's shared one.",
    )
    base_url: str | None = Field(default=None, max_length=500)

    def draft(self) -> ModelConfigDraft:
        """What was sent, and nothing else."""
        key = self.api_key
        return ModelConfigDraft(
            application_id=self._sent("application_id"),
            name=self._sent("name"),
            provider=self._sent("provider"),
            model=self._sent("model_id"),
            is_default=self._sent("is_default"),
            settings=self.settings.read() if self.was_sent("settings") else UNSET,
            api_key=UNSET if not self.was_sent("api_key") else None if key is None else Secret(key.get_secret_value()),
            credential_id=self._sent("credential_id"),
            base_url=self._sent("base_url"),
            echoed=self.was_sent("echoed_id"),
        )

    def _sent(self, field: str) -> Any:
        return getattr(self, field) if self.was_sent(field) else UNSET


class ModelConfigUpdateRequest(_ConfigFields):
    """Any subset of a configuration. ``settings`` are merged name by name.

    With ``_id`` it is an answer sent back: a default in it that nobody has set stays unset.
    """

    example: ClassVar[dict[str, Any]] = {"modelId": "gpt-4o", "settings": {"temperature": 0.2}}

    application_id: GivenId | None = Field(default=None, description="Cannot change.")


class ModelConfigCreateRequest(_ConfigFields):
    """A new configuration. An application that nobody has made yet is made in your workspace."""

    example: ClassVar[dict[str, Any]] = {
        "applicationId": EXAMPLE_ID,
        "name": "Chat",
        "provider": "openai",
        "modelId": "gpt-4o-mini",
        "apiKey": "sk-proj-xxxxxxxxxxxx",
        "settings": {"temperature": 0.7, "maxTokens": 2048},
    }

    application_id: GivenId
    name: str = Field(max_length=255)
    provider: str = Field(max_length=100)
    model_id: str = Field(max_length=255)


class ModelConfigDeleteResponse(ResponseBody):
    """What was deleted."""

    id: str = Field(serialization_alias="_id")
    deleted: bool = True
