"""A workspace's features, compiled into what calls read."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import NAMESPACE_OID, uuid5

from trunkline.control.caching.rules import read_caching
from trunkline.control.configurations.borrowing import UpstreamSettings
from trunkline.control.features.lookup import feature_borrower
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.features.state import start_row
from trunkline.control.snapshot.lending import Lending
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry
from trunkline.storage.tables import Feature


def compile_features(workspace_id: str, saved: Iterable[Feature], lending: Lending) -> dict[str, FeatureEntry]:
    """The features by slug, also those that nobody has saved."""
    return {row.slug: compile_feature(row, lending) for row in list_features(workspace_id, saved)}


def list_features(workspace_id: str, saved: Iterable[Feature]) -> list[Feature]:
    """The features that a workspace has: those that nobody has saved are as they start."""
    rows = {slug: start_row(start, workspace_id, "") for slug, start in STARTING_FEATURES.items()}
    rows |= {row.slug: row for row in saved}
    return list(rows.values())


def compile_feature(row: Feature, lending: Lending) -> FeatureEntry:
    """A feature as calls read it."""
    parameters = dict(row.parameters)
    if row.system_prompt:
        parameters["systemPrompt"] = row.system_prompt
    return FeatureEntry(
        id=row.id if row.revision else "",
        slug=row.slug,
        kind=row.kind,
        model=row.model,
        target=row.target,
        entry=None if row.target is not None else _compile_entry(row, lending),
        parameters=parameters,
        custom=row.custom_parameters,
        caching=read_caching(row.caching),
        revision=row.revision,
    )


def _compile_entry(row: Feature, lending: Lending) -> ConfigurationEntry:
    """What asks OpenRouter: with the feature's own key where that was entered for, else as the workspace's key is."""
    lender_id: str | None = None
    if row.credential_id is not None:
        upstream = UpstreamSettings(credential_id=row.credential_id, base_url=row.base_url, parameters={})
    else:
        upstream, lender_id = lending.upstream_of_borrower(feature_borrower(row.provider))
    return ConfigurationEntry(
        id=lender_id or (row.id if row.revision else _name_unsaved(row)),
        workspace_id=row.workspace_id,
        owner_id=row.created_by,
        name=f"feature/{row.slug}",
        provider=row.provider,
        model=row.model,
        base_url=upstream.base_url,
        parameters=upstream.parameters,
        shared=True,
        revision=row.revision,
        credential_id=upstream.credential_id,
        secrets=lending.get(upstream.credential_id),
    )


def _name_unsaved(row: Feature) -> str:
    """The same each time, so that what is known of it outlives a change of its workspace."""
    return str(uuid5(NAMESPACE_OID, f"{row.workspace_id}/{row.slug}"))
