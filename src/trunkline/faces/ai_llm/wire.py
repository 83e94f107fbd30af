"""AI LLM entries on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, UnsetType
from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from trunkline.control.ai_llms.ai_llm import AiLlmRecord, AiLlmStats, AiType, Entry
from trunkline.core.secret import Secret
from trunkline.faces.http.wire import EXAMPLE_ID, GivenName, Moment, RequestBody, ResponseBody

SecretText = Annotated[SecretStr, Field(min_length=1, max_length=32_768)]
Endpoint = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

_READ_ONLY = frozenset({"id", "orgId", "userId", "createdAt", "repos"})


class AiLlmCreateRequest(RequestBody):
    """A new entry. `secret` is the provider's key, in plain or sealed (`tl1.…`); for AWS the secret access key, with
    the access key id as `key`, or a Bedrock API key alone.
    """

    read_only: ClassVar[frozenset[str]] = _READ_ONLY
    example: ClassVar[dict[str, Any]] = {
        "name": "Production OpenAI",
        "aiType": "OPENAI",
        "endpoint": "https://api.openai.com/v1",
        "secret": "sk-proj-xxxxxxxxxxxx",
        "workspaceId": EXAMPLE_ID,
    }

    name: GivenName
    ai_type: AiType
    endpoint: Endpoint
    key: SecretText | None = None
    secret: SecretText
    workspace_id: Annotated[str, Field(min_length=1, max_length=255)]

    def entry(self) -> Entry:
        """What is asked for."""
        return Entry(
            name=self.name,
            ai_type=self.ai_type,
            endpoint=self.endpoint,
            key=UNSET if self.key is None else _read(self.key),
            secret=_read(self.secret),
        )


class AiLlmUpdateRequest(RequestBody):
    """Any part of an entry. `secret` is needed again when the endpoint's host changes; `key` null takes that away."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY | {"workspaceId"}
    example: ClassVar[dict[str, Any]] = {"secret": "new-api-key-xxxxxxxxxxxx"}

    name: GivenName = ""
    ai_type: AiType = "OTHER"
    endpoint: Endpoint = ""
    key: SecretText | None = None
    secret: SecretText = SecretStr("")

    def entry(self) -> Entry:
        """What was sent, and nothing else."""
        return Entry(
            name=self._sent("name", self.name),
            ai_type=self._sent("ai_type", self.ai_type),
            endpoint=self._sent("endpoint", self.endpoint),
            key=self._sent("key", None if self.key is None else _read(self.key)),
            secret=self._sent("secret", _read(self.secret)),
        )

    def _sent(self, field: str, value: Any) -> Any | UnsetType:
        return value if self.was_sent(field) else UNSET


class AiLlmCreateResponse(ResponseBody):
    """That an entry was made, and its id."""

    success: Literal[True] = True
    ai_llm_id: str
    message: str


class AiLlmDoneResponse(ResponseBody):
    """That it was done."""

    success: Literal[True] = True
    message: str


class AiLlmValidateResponse(ResponseBody):
    """How the provider answered. Look at `success`: a provider that refuses is told with the status 200 too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"success": True, "message": "96 models may be used."},
                {"success": False, "message": "OpenAI rejects this key. Enter it again."},
            ]
        }
    )

    success: bool
    message: str


class AiLlmRepoResponse(ResponseBody):
    """An application that uses an entry."""

    id: str
    name: str
    created_at: Moment


class AiLlmResponse(ResponseBody):
    """An entry. `key` is null or a mask; the secret is never told. `orgId` is the installation's id."""

    id: str
    org_id: str
    workspace_id: str
    user_id: str
    name: str
    ai_type: AiType
    endpoint: str
    key: str | None
    created_at: Moment
    repos: list[AiLlmRepoResponse]


class AiLlmListResponse(ResponseBody):
    """Entries, the newest first."""

    success: Literal[True] = True
    ai_llms: list[AiLlmResponse]

    @classmethod
    def of(cls, records: Sequence[AiLlmRecord]) -> AiLlmListResponse:
        """From the records."""
        return cls(ai_llms=[AiLlmResponse.of(record) for record in records])


class AiLlmStatsItemResponse(ResponseBody):
    """Totals of an entry since it was made, of all who used it."""

    ai_llm_id: str
    total_api_calls: int = Field(validation_alias="api_calls")
    total_tokens_in: int = Field(validation_alias="tokens_in")
    total_tokens_out: int = Field(validation_alias="tokens_out")
    total_policy_violations: int = Field(validation_alias="policy_violations")
    total_alerts: int = Field(validation_alias="alerts")
    total_blocks: int = Field(validation_alias="blocks")


class AiLlmStatsResponse(ResponseBody):
    """The totals of each entry, zeros where it was not used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    "stats": [
                        {
                            "aiLlmId": "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d",
                            "totalApiCalls": 10,
                            "totalTokensIn": 900,
                            "totalTokensOut": 400,
                            "totalPolicyViolations": 1,
                            "totalAlerts": 1,
                            "totalBlocks": 0,
                        }
                    ],
                }
            ]
        }
    )

    success: Literal[True] = True
    stats: list[AiLlmStatsItemResponse]

    @classmethod
    def of(cls, found: Sequence[AiLlmStats]) -> AiLlmStatsResponse:
        """From the totals."""
        return cls(stats=[AiLlmStatsItemResponse.of(each) for each in found])


def _read(given: SecretStr) -> Secret:
    return Secret(given.get_secret_value())
