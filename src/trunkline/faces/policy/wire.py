"""Policies and violations on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET
from pydantic import Field, StrictBool

from trunkline.control.ai_llms.ai_llm import AiType
from trunkline.control.policies.policy import FailMode, PolicyDraft, PolicyRecord, PolicyScope, RiskType
from trunkline.control.policies.violations import Violations
from trunkline.control.record import read_record
from trunkline.core.chat import JsonValue
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, GivenName, Moment, RequestBody, ResponseBody

PlainWords = Annotated[str, Field(max_length=10_000, description="What calls must not do, in plain language.")]
ActionType = Annotated[int, Field(strict=True, ge=0, le=2, description="0 log, 1 alert, 2 block.")]
RuleBody = Annotated[
    dict[str, JsonValue] | None,
    Field(
        description="A rule that needs no model: `kind` is `allowedModels`, `allowedProviders`, `paidModels`,"
        " `ceilings`, `patterns` or `personalData`. Without one, a model judges `content`."
    ),
]
FailModeField = Annotated[
    FailMode, Field(description="What counts where a rule cannot be decided: `open` lets calls pass, `closed` not.")
]
EnabledField = Annotated[StrictBool, Field(description="Whether calls are held to it. `true` unless said otherwise.")]

_READ_ONLY = frozenset({"id", "revision", "createdBy", "createdAt", "updatedAt"})


class _Scoped(RequestBody):
    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    org_id: GivenId | None = None
    workspace_id: GivenId | None = None
    repo_id: GivenId | None = None
    key_id: GivenId | None = None

    def scope(self) -> PolicyScope:
        """What it is for."""
        return PolicyScope(
            org_id=self.org_id, workspace_id=self.workspace_id, application_id=self.repo_id, key_id=self.key_id
        )


class PolicyCreateRequest(_Scoped):
    """A new policy. Without `workspaceId` it holds for the whole installation, which is `orgId`."""

    example: ClassVar[dict[str, Any]] = {
        "name": "No customer data",
        "content": "Names, addresses and numbers of customers must not be sent to a model.",
        "riskType": "HIGH",
        "actionType": 2,
        "workspaceId": EXAMPLE_ID,
    }

    name: GivenName
    content: PlainWords = ""
    risk_type: RiskType
    action_type: ActionType
    rule: RuleBody = None
    fail_mode: FailModeField = "open"
    enabled: EnabledField = True

    def draft(self) -> PolicyDraft:
        """What it says."""
        return read_record(PolicyDraft, self, is_enabled=self.enabled)


class PolicyPreviewRequest(RequestBody):
    """A policy that is to be tried. `hours` is how far back, at most 168."""

    example: ClassVar[dict[str, Any]] = {
        "workspaceId": EXAMPLE_ID,
        "rule": {"kind": "allowedProviders", "providers": ["openai"], "mode": "allow"},
    }

    workspace_id: GivenId
    repo_id: GivenId | None = None
    key_id: GivenId | None = None
    rule: RuleBody = None
    hours: Annotated[int, Field(strict=True, description="How many hours back.")] = 24

    def scope(self) -> PolicyScope:
        """What it is for."""
        return PolicyScope(workspace_id=self.workspace_id, application_id=self.repo_id, key_id=self.key_id)

    def draft(self) -> PolicyDraft:
        """What it says."""
        return PolicyDraft(rule=self.rule)


class PolicyPreviewExampleResponse(ResponseBody):
    """A call that would have broken the policy."""

    request_id: str
    timestamp: Moment = Field(validation_alias="at")
    user_id: str
    provider: str
    llm_model: str = Field(validation_alias="model", description="The model that served it.")
    explanation: str = Field(description="Why, in general words: nothing of what was sent is in it.")


class PolicyPreviewResponse(ResponseBody):
    """What a policy would have found."""

    success: Literal[True] = True
    since: Moment = Field(description="From when on calls were looked at.")
    until: Moment = Field(description="Until when.")
    calls: int = Field(description="How many calls there were.")
    checked: int = Field(description="How many of them were looked at: the newest, or those with captured content.")
    violations: int = Field(description="How many of those would have broken the policy.")
    undecided: int = Field(description="Of how many nobody can say. The policy's `failMode` would count them.")
    note: str | None = Field(description="What is not exact; `null`: nothing.")
    examples: list[PolicyPreviewExampleResponse] = Field(
        description="The newest that would have broken it, at most 20."
    )


class PolicyUpdateRequest(_Scoped):
    """Any part of a policy. Its scope is fixed: sent back as it is, it is ignored. `rule` null takes the rule away."""

    example: ClassVar[dict[str, Any]] = {"actionType": 1, "failMode": "closed"}

    name: GivenName | None = None
    content: PlainWords | None = None
    risk_type: RiskType | None = None
    action_type: ActionType | None = None
    rule: RuleBody = None
    fail_mode: FailModeField | None = None
    enabled: EnabledField | None = None

    def draft(self) -> PolicyDraft:
        """What is to change."""
        return PolicyDraft(
            name=UNSET if self.name is None else self.name,
            content=UNSET if self.content is None else self.content,
            risk_type=UNSET if self.risk_type is None else self.risk_type,
            action_type=UNSET if self.action_type is None else self.action_type,
            rule=self.rule if self.was_sent("rule") else UNSET,
            fail_mode=UNSET if self.fail_mode is None else self.fail_mode,
            is_enabled=UNSET if self.enabled is None else self.enabled,
        )


class PolicyItemResponse(ResponseBody):
    """A policy."""

    id: str
    name: str
    content: str
    risk_type: str
    action_type: int
    fail_mode: str
    enabled: bool = Field(validation_alias="is_enabled")
    rule: dict[str, Any] | None
    org_id: str
    workspace_id: str | None
    repo_id: str | None = Field(validation_alias="application_id")
    key_id: str | None
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment


class PolicyResponse(ResponseBody):
    """One policy."""

    success: Literal[True] = True
    policy: PolicyItemResponse

    @classmethod
    def of(cls, view: PolicyRecord) -> PolicyResponse:
        """From the use case's view."""
        return cls(policy=PolicyItemResponse.of(view))


class PolicyListResponse(ResponseBody):
    """Several, the oldest first."""

    success: Literal[True] = True
    policies: list[PolicyItemResponse]

    @classmethod
    def of(cls, views: Iterable[PolicyRecord]) -> PolicyListResponse:
        """From the use case's views."""
        return cls(policies=[PolicyItemResponse.of(view) for view in views])


class PolicyDeleteResponse(ResponseBody):
    """That it holds no more."""

    success: Literal[True] = True
    message: str


class ViolationItemResponse(ResponseBody):
    """A call that broke a policy."""

    id: str
    policy_id: str
    policy_name: str
    user_id: str
    workspace_id: str
    repo_id: str | None = Field(validation_alias="application_id")
    key_id: str | None
    ai_llm_id: str | None = Field(validation_alias="configuration_id")
    llm_type: AiType = Field(validation_alias="ai_type")
    llm_model: str = Field(validation_alias="model")
    provider: str
    host: str
    risk_type: str
    action_type: int
    explanation: str = Field(description="Why, in general words: nothing of what was sent is in it.")
    request_id: str
    timestamp: Moment = Field(validation_alias="created_at")


class ViolationListResponse(ResponseBody):
    """`take` of them after the first `skip`, the newest first, of `total`. Those of a cursor repeat the first total."""

    success: Literal[True] = True
    violations: list[ViolationItemResponse]
    total: int
    skip: int
    take: int

    @classmethod
    def page_of(cls, found: Violations, skip: int, take: int) -> ViolationListResponse:
        """From what the use case found."""
        return cls(
            violations=[ViolationItemResponse.of(view) for view in found.page.items],
            total=found.total,
            skip=skip,
            take=take,
        )
