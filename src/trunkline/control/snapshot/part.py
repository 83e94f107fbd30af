"""One workspace's rows, compiled into what calls read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import msgspec

from trunkline.control.configurations.borrowing import UpstreamSettings, find_upstream, find_version_upstream
from trunkline.control.snapshot.features import compile_features
from trunkline.core.actor import Role, Scope
from trunkline.core.chat import JsonObject
from trunkline.gateway.snapshot import (
    ApplicationEntry,
    ConfigurationEntry,
    KeyEntry,
    PolicyEntry,
    RouteEntry,
    RouteTargetEntry,
    Strategy,
    Trial,
    UserEntry,
    Variant,
    WorkspacePart,
)
from trunkline.providers.output_limits import clamp_output
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.snapshot import WorkspaceRows
from trunkline.storage.tables import Configuration, ConfigurationVersion, Policy
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret

Secrets = tuple[StoredSecret, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A workspace's part, and the user whose personal one it is."""

    part: WorkspacePart
    person: UserEntry | None


def compile_part(found: WorkspaceRows) -> Compiled:
    """A workspace's rows as calls read them. Keys whose maker is no longer a member are left out."""
    workspace, person = found.workspace, found.person
    members: dict[str, Role] = {row.user_id: cast("Role", row.role) for row in found.memberships}
    lending = _Lending(found)
    defaults = {row.id: row.default_configuration_id for row in found.applications}
    ways = {row.id: lending.upstream_of(row) for row in found.configurations}
    configurations: dict[str, ConfigurationEntry] = {}
    for row in found.configurations:
        is_default = defaults.get(row.application_id or "", workspace.default_configuration_id) == row.id
        secrets = lending.get(ways[row.id].credential_id)
        configurations[row.id] = _compile_configuration(row, ways[row.id], secrets, is_default)
    for configuration_id, trial in _compile_trials(found, configurations, ways, lending).items():
        configurations[configuration_id] = msgspec.structs.replace(configurations[configuration_id], trial=trial)
    part = WorkspacePart(
        id=workspace.id,
        revision=workspace.revision,
        name=workspace.name,
        personal_of=workspace.personal_of,
        members=members,
        configurations=configurations,
        applications={
            row.id: ApplicationEntry(id=row.id, name=row.name, default_configuration_id=row.default_configuration_id)
            for row in found.applications
        },
        keys={
            row.digest: KeyEntry(
                id=row.id,
                workspace_id=row.workspace_id,
                user_id=row.user_id,
                scope=cast("Scope", row.scope),
                application_id=row.application_id,
                models=tuple(row.models),
                expires_at=row.expires_at.timestamp() if row.expires_at else None,
            )
            for row in found.keys
            if row.user_id in members
        },
        data_keys={
            row.id: WrappedDataKey(
                id=row.id,
                owner=row.owner,
                kek_version=row.kek_version,
                wrapped=row.wrapped,
                created_at=row.created_at,
            )
            for row in found.data_keys
        },
        default_configuration_id=workspace.default_configuration_id,
        routes=_compile_routes(found),
        features=compile_features(found, lending.get),
        policies=tuple(compile_policy(row) for row in found.policies),
    )
    entry = None
    if person is not None:
        entry = UserEntry(id=person.id, personal_workspace_id=workspace.id, instance_admin=person.role == "admin")
    return Compiled(part, entry)


class _Lending:
    """Whose secret serves: one's own, a named one, or the workspace's shared one of the same provider."""

    def __init__(self, found: WorkspaceRows) -> None:
        self._secrets: defaultdict[str, list[StoredSecret]] = defaultdict(list)
        for row in found.secrets:
            self._secrets[row.credential_id].append(
                StoredSecret(
                    credential_id=row.credential_id,
                    owner=found.owners[row.credential_id],
                    field=row.field,
                    data_key_id=row.data_key_id,
                    origins=tuple(row.origins),
                    ciphertext=row.ciphertext,
                )
            )
        self._candidates: defaultdict[str, list[Configuration]] = defaultdict(list)
        for row in sorted(found.configurations, key=lambda row: (row.created_at, row.id)):
            if row.credential_id is not None:
                self._candidates[row.provider].append(row)

    def get(self, credential_id: str | None) -> Secrets:
        """What a credential holds."""
        return tuple(self._secrets.get(credential_id or "", ()))

    def upstream_of(self, row: Configuration) -> UpstreamSettings:
        """How ``row`` is reached."""
        return find_upstream(row, self._candidates[row.provider])

    def upstream_of_version(
        self, row: ConfigurationVersion, parent: Configuration, upstream: UpstreamSettings
    ) -> UpstreamSettings:
        """How a version is reached, whose configuration is reached by ``way``."""
        return find_version_upstream(row.provider, row.parameters, parent, upstream, self._candidates[row.provider])


def _compile_configuration(
    row: Configuration, upstream: UpstreamSettings, secrets: Secrets, is_default: bool
) -> ConfigurationEntry:
    return ConfigurationEntry(
        id=row.id,
        workspace_id=row.workspace_id,
        owner_id=row.user_id,
        name=row.name,
        provider=row.provider,
        model=row.model,
        base_url=upstream.base_url,
        parameters=_clamp(row, upstream),
        shared=row.is_shared,
        application_id=row.application_id,
        is_default=is_default,
        is_active=row.is_active,
        revision=row.revision,
        created_at=int(row.created_at.timestamp() * 1_000_000),
        is_paid=row.is_paid,
        credential_id=upstream.credential_id,
        secrets=secrets,
    )


def _clamp(row: Configuration | ConfigurationVersion, upstream: UpstreamSettings) -> JsonObject:
    """What is asked of the provider, within what its model can answer."""
    provider = PROVIDERS.get(row.provider)
    return upstream.parameters if provider is None else clamp_output(provider, row.model, upstream.parameters)


def _compile_trials(
    found: WorkspaceRows,
    configurations: Mapping[str, ConfigurationEntry],
    ways: Mapping[str, UpstreamSettings],
    lending: _Lending,
) -> dict[str, Trial]:
    variants: defaultdict[str, list[Variant]] = defaultdict(list)
    rows = {row.id: row for row in found.configurations}
    for row in found.versions:
        upstream = lending.upstream_of_version(row, rows[row.configuration_id], ways[row.configuration_id])
        entry = msgspec.structs.replace(
            configurations[row.configuration_id],
            provider=row.provider,
            model=row.model,
            base_url=upstream.base_url,
            parameters=_clamp(row, upstream),
            credential_id=upstream.credential_id,
            secrets=lending.get(upstream.credential_id),
            version_id=row.id,
        )
        variants[row.configuration_id].append(
            Variant(entry=entry, buckets=tuple((start, end) for start, end in row.buckets))
        )
    trials: dict[str, Trial] = {}
    for configuration_id, active in variants.items():
        experiment, phase = found.experiments.get(configuration_id), found.phases.get(configuration_id)
        if experiment is not None and phase is not None:
            trials[configuration_id] = Trial(salt=experiment.salt, phase_id=phase.id, variants=tuple(active))
    return trials


def _compile_routes(found: WorkspaceRows) -> dict[str, RouteEntry]:
    targets: defaultdict[str, list[RouteTargetEntry]] = defaultdict(list)
    for row in found.targets:
        targets[row.route_id].append(
            RouteTargetEntry(
                configuration_id=row.configuration_id, model=row.model, priority=row.priority, weight=row.weight
            )
        )
    return {
        row.name: RouteEntry(
            id=row.id,
            name=row.name,
            strategy=cast("Strategy", row.strategy),
            targets=tuple(targets[row.id]),
            revision=row.revision,
            created_at=int(row.created_at.timestamp() * 1_000_000),
        )
        for row in found.routes
    }


def compile_policy(row: Policy) -> PolicyEntry:
    """A policy as calls read it."""
    return PolicyEntry(
        id=row.id,
        name=row.name,
        content=row.content,
        risk_type=row.risk_type,
        action=row.action_type,
        rule=row.rule,
        fail_open=row.fail_mode != "closed",
        workspace_id=row.workspace_id,
        application_id=row.application_id,
        key_id=row.key_id,
    )
