"""Configurations and their versions, compiled into what calls read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from trunkline.control.caching.rules import read_caching
from trunkline.control.configurations.borrowing import UpstreamSettings
from trunkline.control.snapshot.lending import Lending
from trunkline.core.chat import JsonObject
from trunkline.gateway.snapshot import ConfigurationEntry, Trial, Variant
from trunkline.providers.output_limits import clamp_output
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.snapshot_rows import ConfigurationRow, VersionRow, VersionRows


def compile_configurations(
    rows: Iterable[ConfigurationRow], trials: VersionRows, lending: Lending
) -> dict[str, ConfigurationEntry]:
    """The entries by id. Versions of configurations that are not among ``rows`` are passed over."""
    versions: defaultdict[str, list[VersionRow]] = defaultdict(list)
    for version in trials.versions:
        versions[version.configuration_id].append(version)
    entries: dict[str, ConfigurationEntry] = {}
    for row in rows:
        upstream = lending.upstream_of(row)
        entry = _compile(row, upstream, lending)
        if row.id in versions:
            trial = _compile_trial(row, upstream, entry, versions[row.id], trials, lending)
            entry = msgspec.structs.replace(entry, trial=trial)
        entries[row.id] = entry
    return entries


def _compile(row: ConfigurationRow, upstream: UpstreamSettings, lending: Lending) -> ConfigurationEntry:
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
        is_active=row.is_active,
        revision=row.revision,
        created_at=int(row.created_at.timestamp() * 1_000_000),
        is_paid=row.is_paid,
        caching=read_caching(row.caching),
        credential_id=upstream.credential_id,
        secrets=lending.get(upstream.credential_id),
    )


def _compile_trial(
    row: ConfigurationRow,
    upstream: UpstreamSettings,
    entry: ConfigurationEntry,
    versions: Iterable[VersionRow],
    trials: VersionRows,
    lending: Lending,
) -> Trial | None:
    experiment, phase = trials.experiments.get(row.id), trials.phases.get(row.id)
    if experiment is None or phase is None:
        return None
    variants: list[Variant] = []
    for version in versions:
        own = lending.upstream_of_version(version, row, upstream)
        variant = msgspec.structs.replace(
            entry,
            provider=version.provider,
            model=version.model,
            base_url=own.base_url,
            parameters=_clamp(version, own),
            credential_id=own.credential_id,
            secrets=lending.get(own.credential_id),
            version_id=version.id,
        )
        variants.append(Variant(entry=variant, buckets=tuple((start, end) for start, end in version.buckets)))
    return Trial(salt=experiment.salt, phase_id=phase, variants=tuple(variants))


def _clamp(row: ConfigurationRow | VersionRow, upstream: UpstreamSettings) -> JsonObject:
    """What is asked of the provider, within what its model can answer."""
    provider = PROVIDERS.get(row.provider)
    return upstream.parameters if provider is None else clamp_output(provider, row.model, upstream.parameters)
