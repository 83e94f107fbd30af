"""A workspace's features, compiled into what calls read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trunkline.control.configurations.borrowing import UpstreamSettings, borrow, find_lender
from trunkline.control.features.lookup import feature_borrower
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.features.state import start_row
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry
from trunkline.storage.snapshot import WorkspaceRows
from trunkline.storage.tables import Configuration, Feature
from trunkline.vault.stored_secret import StoredSecret


def compile_features(
    found: WorkspaceRows, secrets_of: Callable[[str | None], tuple[StoredSecret, ...]]
) -> dict[str, FeatureEntry]:
    """The features by slug, also those that nobody has saved. ``secrets_of`` gives what a credential holds."""
    rows = {slug: start_row(start, found.workspace.id, "") for slug, start in STARTING_FEATURES.items()}
    rows |= {row.slug: row for row in found.features}
    return {slug: _compile_feature(row, found.configurations, secrets_of) for slug, row in rows.items()}


def _compile_feature(
    row: Feature,
    configurations: Iterable[Configuration],
    secrets_of: Callable[[str | None], tuple[StoredSecret, ...]],
) -> FeatureEntry:
    parameters = dict(row.parameters)
    if row.system_prompt:
        parameters["systemPrompt"] = row.system_prompt
    return FeatureEntry(
        id=row.id if row.revision else "",
        slug=row.slug,
        kind=row.kind,
        model=row.model,
        target=row.target,
        entry=None if row.target is not None else _compile_entry(row, configurations, secrets_of),
        parameters=parameters,
        custom=row.custom_parameters,
        revision=row.revision,
    )


def _compile_entry(
    row: Feature,
    configurations: Iterable[Configuration],
    secrets_of: Callable[[str | None], tuple[StoredSecret, ...]],
) -> ConfigurationEntry:
    """What asks OpenRouter: with the feature's own key where that was entered for, else as the workspace's key is."""
    lender: Configuration | None = None
    if row.credential_id is not None:
        upstream = UpstreamSettings(credential_id=row.credential_id, base_url=row.base_url, parameters={})
    else:
        borrower = feature_borrower(row.provider)
        lender = find_lender(borrower, configurations)
        upstream = borrow(borrower, lender)
    return ConfigurationEntry(
        id=lender.id if lender is not None else row.id,
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
        secrets=secrets_of(upstream.credential_id),
    )
