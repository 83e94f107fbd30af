"""A policy as people write it: what it may say, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.policies.patterns import compile_pattern
from trunkline.control.record import read_record
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.policy import ALERT, BLOCK, LOG
from trunkline.core.policy_rule import AllowedProviders, PaidModels, read_rule, require_patterns, write_rule
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.tables import Policy

RiskType = Literal["LOW", "MEDIUM", "HIGH"]
FailMode = Literal["open", "closed"]
RuleJson = dict[str, JsonValue]

_ACTIONS: Final = {LOG: "log", ALERT: "alert", BLOCK: "block"}


class PolicyScope(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy holds for: without a workspace for the installation, else for all of it, an application or a key.

    ``org_id`` is what the caller calls the installation, if it says so.
    """

    org_id: str | None = None
    workspace_id: str | None = None
    application_id: str | None = None
    key_id: str | None = None


class PolicyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A policy, or what is to change of one: what is ``UNSET`` stays. ``rule`` None: a model judges ``content``."""

    name: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    risk_type: RiskType | UnsetType = UNSET
    action_type: int | UnsetType = UNSET
    fail_mode: FailMode | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET
    rule: RuleJson | UnsetType | None = UNSET

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said at all."""
        return all(getattr(self, name) is UNSET for name in self.__struct_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRecord:
    """A policy. ``workspace_id`` None: it holds for the whole installation, which is ``org_id``."""

    id: str
    name: str
    content: str
    risk_type: str
    action_type: int
    fail_mode: str
    is_enabled: bool
    rule: RuleJson | None
    org_id: str
    workspace_id: str | None
    application_id: str | None
    key_id: str | None
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


def lay_over(policy: Policy, draft: PolicyDraft) -> None:
    """Change ``policy`` to what ``draft`` says. Raises InvalidInput where the whole makes no sense."""
    for name in draft.__struct_fields__:
        value = getattr(draft, name)
        if value is not UNSET:
            setattr(policy, name, value)
    if policy.rule is None:
        if not policy.content.strip():
            raise InvalidInput.of("content", "is required: say in plain words what calls must not do.")
        return
    rule = read_rule(policy.rule)
    require_patterns(rule, compile_pattern)
    match rule:
        case AllowedProviders(providers=providers):
            for index, provider in enumerate(providers):
                if provider.lower() not in PROVIDERS:
                    raise InvalidInput.of(
                        f"rule.providers[{index}]", "is no provider's id. GET /api/providers lists them."
                    )
        case PaidModels(action=action) if action not in {None, policy.action_type}:
            raise InvalidInput.of(
                "rule.mode",
                f"says {rule.mode!r} and actionType {policy.action_type} says {_ACTIONS[policy.action_type]!r}. Make"
                " them say the same.",
            )
        case _:
            pass
    policy.rule = write_rule(rule)


def show(policy: Policy, org_id: str) -> PolicyRecord:
    """A row as its readers see it."""
    return read_record(PolicyRecord, policy, org_id=org_id)


def state(policy: Policy) -> dict[str, JsonValue]:
    """What the audit log keeps of it."""
    return {
        "name": policy.name,
        "content": policy.content,
        "riskType": policy.risk_type,
        "actionType": policy.action_type,
        "failMode": policy.fail_mode,
        "enabled": policy.is_enabled,
        "rule": policy.rule,
        "workspaceId": policy.workspace_id,
        "repoId": policy.application_id,
        "keyId": policy.key_id,
    }
