"""The document on the wire, in and out."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import AfterValidator, Field, SecretStr, StrictBool

from trunkline.control.model_documents.model_document import (
    CIPHERTEXT_LIMIT,
    MODEL_LIMIT,
    NAME_LIMIT,
    PROMPT_LIMIT,
    DocumentDraft,
    DocumentRecord,
    ModelDraft,
    ModelRecord,
    ModelType,
    find_fault,
)
from trunkline.control.record import Beside
from trunkline.core.secret import Secret
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody


def _read_name(text: str) -> str:
    if not text.strip():
        raise ValueError("is required.")
    if not text.strip().isprintable():
        raise ValueError("holds a line break or another character that cannot be shown.")
    return text


def _read_ciphertext(given: SecretStr) -> SecretStr:
    fault = find_fault(given.get_secret_value())
    if fault is not None:
        raise ValueError(fault)
    return given


Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT), AfterValidator(_read_name)]
"""A provider's or model's name, kept as it is written."""

Ciphertext = Annotated[
    SecretStr,
    Field(min_length=1, max_length=CIPHERTEXT_LIMIT, description="The key, encrypted by you; best sealed (`tl1.…`)."),
    AfterValidator(_read_ciphertext),
]


class AiModelConfigModelRequest(RequestBody):
    """One model. A key that is not sent at all stays as it is; null takes it away."""

    read_only: ClassVar[frozenset[str]] = frozenset({"usable", "reason", "configurationId"})

    provider: Name
    type: ModelType
    model: Name
    api_key_encrypted: Ciphertext | None = None
    is_paid: StrictBool

    def draft(self) -> ModelDraft:
        """What was sent."""
        ciphertext = None
        if self.api_key_encrypted is not None:
            ciphertext = Secret(self.api_key_encrypted.get_secret_value())
        return ModelDraft(
            provider=self.provider,
            type=self.type,
            model=self.model,
            is_paid=self.is_paid,
            ciphertext=ciphertext if self.was_sent("api_key_encrypted") else UNSET,
        )


class AiModelConfigRequest(RequestBody):
    """The whole document."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "createdAt", "updatedAt"})
    example: ClassVar[dict[str, Any]] = {
        "models": [{"provider": "openai", "type": "chat", "model": "gpt-4o-mini", "isPaid": True}],
        "system_prompt": "Answer in one sentence.",
    }

    models: list[AiModelConfigModelRequest] = Field(min_length=1, max_length=MODEL_LIMIT)
    system_prompt: str = Field("", max_length=PROMPT_LIMIT, alias="system_prompt")

    def draft(self) -> DocumentDraft:
        """What was sent."""
        return DocumentDraft(models=tuple(model.draft() for model in self.models), system_prompt=self.system_prompt)


class AiModelConfigModelResponse(ResponseBody):
    """One model. ``usable``: `/v1` calls reach it, by its name or by ``configurationId``; else ``reason`` says why not.

    ``apiKeyEncrypted`` is there only where it was asked for.
    """

    provider: str
    type: str
    model: str
    api_key_encrypted: str | None = None
    is_paid: bool
    usable: bool
    reason: str | None
    configuration_id: str | None

    @classmethod
    def of(cls, record: ModelRecord) -> AiModelConfigModelResponse:
        """From the record."""
        answer = super().of(record)
        if record.ciphertext is UNSET:
            return answer
        shown = record.ciphertext.reveal() if isinstance(record.ciphertext, Secret) else None
        return answer.model_copy(update={"api_key_encrypted": shown})


class AiModelConfigResponse(ResponseBody):
    """The document."""

    id: str
    models: list[AiModelConfigModelResponse]
    system_prompt: str = Field(alias="system_prompt")
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, record: DocumentRecord) -> AiModelConfigResponse:
        """From the record."""
        return super().of(Beside(record, models=[AiModelConfigModelResponse.of(model) for model in record.models]))
