"""A configuration as an AI LLM entry: where a kind of AI is reached, for everybody in a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.configurations.configuration import ConfigurationRecord
from trunkline.control.record import read_record
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret, mask
from trunkline.providers.base_url_template import fill_template
from trunkline.providers.registry import PROVIDERS

AiType = Literal["OPENAI", "GOOGLE", "ANTHROPIC", "AWS", "OTHER"]

_PROVIDERS: Final[Mapping[AiType, str]] = {
    "OPENAI": "openai",
    "GOOGLE": "gemini",
    "ANTHROPIC": "anthropic",
    "AWS": "bedrock",
    "OTHER": "custom",
}
_TYPES: Final[Mapping[str, AiType]] = {_PROVIDERS[each]: each for each in get_args(AiType)}

ACCESS_KEY_ID: Final = "accessKeyId"
"""The setting of a provider that signs with an access key: there an entry's ``key`` goes."""

_NAMES: Final[Mapping[str, str]] = {
    "apiKey": "secret",
    "accessKey": "key",
    f"configuration.{ACCESS_KEY_ID}": "key",
    "baseUrl": "endpoint",
    "provider": "aiType",
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants an entry to be; what is UNSET stays as it is.

    ``key`` is the access key that goes with the secret: for AWS the access key id. The mask that was shown leaves it
    alone; None takes it away.
    """

    name: str | UnsetType = UNSET
    ai_type: AiType | UnsetType = UNSET
    endpoint: str | UnsetType = UNSET
    key: Secret | UnsetType | None = UNSET
    secret: Secret | UnsetType = UNSET

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said at all."""
        return all(getattr(self, name) is UNSET for name in self.__struct_fields__)

    @property
    def reaches_differently(self) -> bool:
        """Whether it touches what a validation was of."""
        return any(value is not UNSET for value in (self.ai_type, self.endpoint, self.key, self.secret))


class Repo(msgspec.Struct, frozen=True, kw_only=True):
    """An application that uses an entry."""

    id: str
    name: str
    created_at: datetime


class AiLlmRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as people see it. ``org_id`` is the installation's; ``key`` is masked."""

    id: str
    org_id: str
    workspace_id: str
    user_id: str
    name: str
    ai_type: AiType
    endpoint: str
    key: str | None
    created_at: datetime
    repos: tuple[Repo, ...]


class AiLlmStats(msgspec.Struct, frozen=True, kw_only=True):
    """What calls of an entry used and broke since it was made, whoever made them."""

    ai_llm_id: str
    api_calls: int
    tokens_in: int
    tokens_out: int
    policy_violations: int
    alerts: int
    blocks: int


def provider_of(ai_type: AiType) -> str:
    """The id of the provider that an entry of this type is for."""
    return _PROVIDERS[ai_type]


def type_of(provider: str) -> AiType:
    """The type of a provider, by its id; OTHER for all that have none of their own."""
    return _TYPES.get(provider, "OTHER")


def show(record: ConfigurationRecord, org_id: str, repos: Sequence[Repo]) -> AiLlmRecord:
    """The configuration as an entry."""
    access_key_id = record.parameters.get(ACCESS_KEY_ID)
    return read_record(
        AiLlmRecord,
        record,
        org_id=org_id,
        ai_type=type_of(record.provider),
        endpoint=record.base_url or _find_endpoint(record),
        key=mask(access_key_id) if isinstance(access_key_id, str) else record.access_key,
        repos=tuple(repos),
    )


def name_as_written(error: InvalidInput) -> InvalidInput:
    """The same error with the fields as the caller of this API wrote them."""
    if not error.fields:
        return error
    return InvalidInput.of_all(
        tuple(FieldError(_NAMES.get(wrong.field, wrong.field), wrong.message) for wrong in error.fields)
    )


def _find_endpoint(record: ConfigurationRecord) -> str:
    """The provider's own; empty for a provider that this version does not have, or whose place is not known yet."""
    provider = PROVIDERS.get(record.provider)
    if provider is None or provider.base_url is None:
        return ""
    try:
        return fill_template(provider, provider.base_url, record.parameters)
    except InvalidInput:
        return ""
