"""Reads what the snapshot is compiled from: everything of some workspaces, or single things of one.

Long results are read in pages, so that the event loop is never held for long.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, select, tuple_

from trunkline.storage import facts
from trunkline.storage.change_marks import SNAPSHOT_REVISION
from trunkline.storage.credentials import CIPHERTEXT
from trunkline.storage.database import Transaction
from trunkline.storage.snapshot_rows import (
    ApplicationRow,
    ConfigurationRow,
    ExperimentRow,
    KeyRow,
    LimitRow,
    MemberRow,
    PersonRow,
    PolicyRow,
    PriceRow,
    RouteRow,
    Sealed,
    TargetRow,
    VersionRow,
    VersionRows,
    WorkspaceRow,
    WorkspaceRows,
)
from trunkline.storage.tables import (
    ApiKey,
    Application,
    Base,
    BudgetRow,
    Configuration,
    ConfigurationVersion,
    Credential,
    DataKey,
    Experiment,
    ExperimentPhase,
    Feature,
    Limit,
    Membership,
    Policy,
    Route,
    RouteTarget,
    SealedSecret,
    Session,
    User,
    Workspace,
    WorkspacePrice,
)
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret

_T = TypeVar("_T")
_Query: TypeAlias = "Select[*tuple[Any, ...]]"
_PAGE: Final = 200
Condition = ColumnElement[bool]


async def find_revision(tx: Transaction) -> int:
    """The snapshot's revision: it grows with each change that a call could notice. 0 before the first."""
    return int(await facts.find(tx, SNAPSHOT_REVISION) or 0)


async def find_ids(tx: Transaction) -> Sequence[str]:
    """The ids of all workspaces."""
    return (await tx.scalars(select(Workspace.id).order_by(Workspace.id))).all()


async def find_revoked_sessions(tx: Transaction, since: datetime) -> Sequence[str]:
    """The ids of the sessions that were revoked after ``since``."""
    return (await tx.scalars(select(Session.id).where(Session.revoked_at > since))).all()


async def load(tx: Transaction, workspace_ids: Iterable[str]) -> Sequence[WorkspaceRows]:
    """The rows of these workspaces; those that are gone are left out."""
    ids = list(workspace_ids)
    heads = [row async for row in read_workspaces(tx, Workspace.id.in_(ids))]
    found = {head.id: WorkspaceRows(head) for head in heads}
    # Not joined with workspaces: SQLite would look through all users, and look for each one's workspace among these.
    owned = {head.personal_of: head.id for head in heads if head.personal_of is not None}
    people = select(User.id, User.role).where(User.id.in_(owned), User.disabled_at.is_(None))
    async for row in _pages(tx, people):
        found[owned[row.id]].person = PersonRow(*row)
    async for member in read_members(tx, Membership.workspace_id.in_(ids)):
        found[member.workspace_id].members.append(member)
    async for application in read_applications(tx, Application.workspace_id.in_(ids)):
        found[application.workspace_id].applications.append(application)
    async for configuration in read_configurations(tx, Configuration.workspace_id.in_(ids)):
        found[configuration.workspace_id].configurations.append(configuration)
    async for key in read_keys(tx, ApiKey.workspace_id.in_(ids), ApiKey.revoked_at.is_(None)):
        found[key.workspace_id].keys.append(key)
    async for workspace_id, secret, data_key in read_secrets(tx, Credential.workspace_id.in_(ids)):
        found[workspace_id].sealed.add(secret, data_key)
    async for row in read_routes(tx, Route.workspace_id.in_(ids)):
        found[row.workspace_id].routes.append(row)
    async for workspace_id, target in read_targets(tx, Route.workspace_id.in_(ids)):
        found[workspace_id].targets.append(target)
    await load_versions(tx, lambda row: row.workspace_id.in_(ids), lambda place: found[place].trials)
    for row in await find_features(tx, Feature.workspace_id.in_(ids)):
        found[row.workspace_id].features.append(row)
    async for row in read_policies(tx, Policy.workspace_id.in_(ids)):
        found[row.workspace_id or ""].policies.append(row)
    async for row in read_limits(tx, Limit.workspace_id.in_(ids)):
        found[row.workspace_id].limits.append(row)
    async for row in read_prices(tx, WorkspacePrice.workspace_id.in_(ids)):
        found[row.workspace_id].prices.append(row)
    for row in await find_budgets(tx, BudgetRow.workspace_id.in_(ids)):
        found[row.workspace_id].budgets.append(row)
    return list(found.values())


def read_workspaces(tx: Transaction, *wanted: Condition) -> AsyncIterator[WorkspaceRow]:
    """Workspaces themselves."""
    return _read(tx, _columns(Workspace, WorkspaceRow).where(*wanted), WorkspaceRow)


def read_members(tx: Transaction, *wanted: Condition) -> AsyncIterator[MemberRow]:
    """Members who are not disabled."""
    query = _columns(Membership, MemberRow).join(User, User.id == Membership.user_id)
    return _read(tx, query.where(User.disabled_at.is_(None), *wanted), MemberRow)


def read_applications(tx: Transaction, *wanted: Condition) -> AsyncIterator[ApplicationRow]:
    """Applications that are ``wanted``, as columns."""
    return _read(tx, _columns(Application, ApplicationRow).where(*wanted), ApplicationRow)


def read_configurations(tx: Transaction, *wanted: Condition) -> AsyncIterator[ConfigurationRow]:
    """Configurations, the oldest first."""
    query = _columns(Configuration, ConfigurationRow).where(*wanted)
    return _read(tx, query.order_by(Configuration.created_at, Configuration.id), ConfigurationRow)


async def find_lenders(
    tx: Transaction, workspace_id: str, provider: str, *, after: ConfigurationRow | None, limit: int
) -> list[ConfigurationRow]:
    """At most ``limit`` active configurations, the oldest first, that are shared and have a credential of their own."""
    row = Configuration
    query = _columns(row, ConfigurationRow).where(
        row.workspace_id == workspace_id,
        row.provider == provider,
        row.credential_id.is_not(None),
        row.is_shared,
        row.is_active,
        row.application_id.is_(None),
    )
    if after is not None:
        query = query.where(tuple_(row.created_at, row.id) > tuple_(after.created_at, after.id))
    found = await tx.execute(query.order_by(row.created_at, row.id).limit(limit))
    return [ConfigurationRow(*each) for each in found]


async def find_lenders_named(tx: Transaction, workspace_id: str, credential_id: str) -> list[ConfigurationRow]:
    """The configurations that a credential belongs to."""
    wanted = (Configuration.workspace_id == workspace_id, Configuration.credential_id == credential_id)
    return [row async for row in read_configurations(tx, *wanted)]


async def find_borrowers(tx: Transaction, workspace_id: str, providers: Collection[str]) -> set[str]:
    """The ids of the configurations that borrow at these providers, themselves or for their versions."""
    borrowing = select(Configuration.id).where(
        Configuration.workspace_id == workspace_id, Configuration.borrows, Configuration.provider.in_(providers)
    )
    versions = select(ConfigurationVersion.configuration_id).where(
        ConfigurationVersion.workspace_id == workspace_id,
        ConfigurationVersion.is_active,
        ConfigurationVersion.provider.in_(providers),
    )
    return set(await tx.scalars(borrowing)) | set(await tx.scalars(versions))


def read_keys(tx: Transaction, *wanted: Condition) -> AsyncIterator[KeyRow]:
    """API keys."""
    return _read(tx, _columns(ApiKey, KeyRow).where(*wanted), KeyRow)


async def read_secrets(tx: Transaction, *wanted: Condition) -> AsyncIterator[tuple[str, StoredSecret, WrappedDataKey]]:
    """Sealed fields of credentials, each with its workspace and the key that opens it."""
    query = (
        select(
            Credential.workspace_id,
            Credential.id,
            Credential.owner,
            SealedSecret.field,
            SealedSecret.data_key_id,
            SealedSecret.origins,
            SealedSecret.ciphertext,
            DataKey.owner,
            DataKey.kek_version,
            DataKey.wrapped,
            DataKey.created_at,
        )
        .join(Credential, Credential.id == SealedSecret.credential_id)
        .join(DataKey, DataKey.id == SealedSecret.data_key_id)
        .where(SealedSecret.field != CIPHERTEXT, *wanted)
        .order_by(Credential.id, SealedSecret.field)
    )
    async for row in _pages(tx, query):
        workspace_id, credential_id, owner, field, data_key_id, origins, ciphertext, *key = row
        secret = StoredSecret(credential_id, owner, field, data_key_id, tuple(origins), ciphertext)
        yield workspace_id, secret, WrappedDataKey(data_key_id, *key)


async def find_sealed(tx: Transaction, credential_ids: Collection[str]) -> Sealed:
    """What these credentials hold."""
    sealed = Sealed()
    if credential_ids:
        async for _, secret, data_key in read_secrets(tx, Credential.id.in_(credential_ids)):
            sealed.add(secret, data_key)
    return sealed


def read_routes(tx: Transaction, *wanted: Condition) -> AsyncIterator[RouteRow]:
    """Routes that are active."""
    return _read(tx, _columns(Route, RouteRow).where(Route.is_active, *wanted), RouteRow)


async def read_targets(tx: Transaction, *wanted: Condition) -> AsyncIterator[tuple[str, TargetRow]]:
    """The targets of active routes in their order, each with its workspace."""
    targets = _columns(RouteTarget, TargetRow, Route.workspace_id).join(Route, Route.id == RouteTarget.route_id)
    targets = targets.where(Route.is_active, *wanted).order_by(RouteTarget.route_id, RouteTarget.position)
    async for workspace_id, *row in _pages(tx, targets):
        yield workspace_id, TargetRow(*row)


async def load_versions(
    tx: Transaction, wanted: Callable[[Any], Condition], place: Callable[[str], VersionRows]
) -> None:
    """Active versions with their experiments, into what ``place`` gives for their workspace.

    ``wanted`` says which, by ``workspace_id`` and ``configuration_id``.
    """
    versions = _columns(ConfigurationVersion, VersionRow).where(
        ConfigurationVersion.is_active, wanted(ConfigurationVersion)
    )
    async for row in _read(tx, versions.order_by(ConfigurationVersion.id), VersionRow):
        place(row.workspace_id).versions.append(row)
    async for row in _read(tx, _columns(Experiment, ExperimentRow).where(wanted(Experiment)), ExperimentRow):
        place(row.workspace_id).experiments[row.configuration_id] = row
    phases = select(Experiment.workspace_id, ExperimentPhase.configuration_id, ExperimentPhase.id).join(
        Experiment, Experiment.configuration_id == ExperimentPhase.configuration_id
    )
    phases = phases.where(wanted(Experiment), ExperimentPhase.ended_at.is_(None))
    async for workspace_id, configuration_id, phase_id in _pages(tx, phases):
        place(workspace_id).phases[configuration_id] = phase_id


async def find_features(tx: Transaction, *wanted: Condition) -> Sequence[Feature]:
    """Features as somebody saved them."""
    return (await tx.scalars(select(Feature).where(*wanted))).all()


def read_policies(tx: Transaction, *wanted: Condition) -> AsyncIterator[PolicyRow]:
    """Policies that are enabled and not deleted, in the order of their ids."""
    query = _columns(Policy, PolicyRow).where(Policy.deleted_at.is_(None), Policy.is_enabled, *wanted)
    return _read(tx, query.order_by(Policy.id), PolicyRow)


def read_prices(tx: Transaction, *wanted: Condition) -> AsyncIterator[PriceRow]:
    """Prices of workspaces' own, in the order of their ids."""
    query = _columns(WorkspacePrice, PriceRow).where(*wanted)
    return _read(tx, query.order_by(WorkspacePrice.id), PriceRow)


def read_limits(tx: Transaction, *wanted: Condition) -> AsyncIterator[LimitRow]:
    """Limits, in the order of their ids."""
    return _read(tx, _columns(Limit, LimitRow).where(*wanted).order_by(Limit.id), LimitRow)


async def find_budgets(tx: Transaction, *wanted: Condition) -> Sequence[BudgetRow]:
    """Budgets in the order of their ids."""
    return [row async for (row,) in _pages(tx, select(BudgetRow).where(*wanted).order_by(BudgetRow.id))]


def _columns(table: type[Base], row: type[Any], *before: Any) -> _Query:
    """The columns that ``row`` has, behind those that come ``before``."""
    return select(*before, *(getattr(table, name) for name in row.__struct_fields__))


async def _read(tx: Transaction, query: _Query, row: Callable[..., _T]) -> AsyncIterator[_T]:
    async for each in _pages(tx, query):
        yield row(*each)


async def _pages(tx: Transaction, query: _Query) -> AsyncIterator[Any]:
    result = await tx.stream(query.execution_options(yield_per=_PAGE))
    async for page in result.partitions():
        for row in page:
            yield row
