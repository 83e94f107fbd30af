"""A part with the few things compiled anew that a change touched: what that costs does not grow with the workspace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple, cast

import msgspec

from trunkline.control.configurations.borrowing import read_reaching
from trunkline.control.snapshot.configurations import compile_configurations
from trunkline.control.snapshot.features import compile_features, list_features
from trunkline.control.snapshot.lending import Lending, open_lending
from trunkline.control.snapshot.part import (
    Compiled,
    compile_applications,
    compile_key,
    compile_limit,
    compile_person,
    compile_policy,
    compile_price,
    compile_routes,
)
from trunkline.core.actor import Role
from trunkline.gateway.snapshot import ConfigurationEntry, KeyEntry, UserEntry, WorkspacePart
from trunkline.storage import snapshot as storage
from trunkline.storage import users
from trunkline.storage.budgets import read_budget
from trunkline.storage.change_marks import WHOLE
from trunkline.storage.database import Transaction
from trunkline.storage.snapshot_changes import Change
from trunkline.storage.snapshot_rows import PersonRow, VersionRows
from trunkline.storage.tables import (
    ApiKey,
    Application,
    BudgetRow,
    Configuration,
    Feature,
    Limit,
    Membership,
    Policy,
    Route,
    WorkspacePrice,
)

_MOST: Final = 500
"""Configurations that one changed credential concerns, from which on the workspace is read whole."""


async def patch_part(
    tx: Transaction, part: WorkspacePart, person: UserEntry | None, changes: Iterable[Change]
) -> Compiled | None:
    """``part`` with what ``changes`` say read anew; None when all of it must be.

    ``person`` is the user whose personal workspace it is.

    Data keys that nothing needs any more stay until then.
    """
    touched: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        touched[change.kind].add(change.subject_id)
    if WHOLE in touched:
        return None
    patch = _Patch(tx, part)
    patch.person = person
    if ids := touched["member"]:
        await patch.read_members(ids)
    if ids := touched["key"]:
        await patch.read_keys(ids)
    if ids := touched["application"]:
        await patch.read_applications(ids)
    if ids := touched["route"]:
        await patch.read_routes(ids)
    if ids := touched["policy"]:
        await patch.read_policies(ids)
    if ids := touched["limit"]:
        await patch.read_limits(ids)
    if ids := touched["price"]:
        await patch.read_prices(ids)
    if ids := touched["budget"]:
        await patch.read_budgets(ids)
    if not await patch.read_configurations(touched["configuration"], features=bool(touched["feature"])):
        return None
    return Compiled(part=patch.part, person=patch.person, keys=patch.keys, whole=False)


class _Changed(NamedTuple):
    """A configuration before and after a change; None where it was not yet there, or is no more."""

    old: ConfigurationEntry | None
    new: ConfigurationEntry | None

    @property
    def concerns_borrowers(self) -> bool:
        """Whether it lends something else than before."""
        return _lends(self.old) != _lends(self.new)


def _concern(changed: Iterable[_Changed], borrower: ConfigurationEntry | None) -> bool:
    """Whether a borrower may have another lender now, or something else from it.

    What is new is the youngest: it lends only to who had no lender. What is gone lends no more to who had it. What was
    and is may come before others.
    """
    if borrower is None:
        return True
    variants = borrower.trial.variants if borrower.trial is not None else ()
    held = {borrower.credential_id, *(variant.entry.credential_id for variant in variants)}
    return any(None in held if old is None else new is not None or old.credential_id in held for old, new in changed)


class _Patch:
    """Works on one part. What is read and not there is gone."""

    def __init__(self, tx: Transaction, part: WorkspacePart) -> None:
        self._tx = tx
        self.part = part
        self.person: UserEntry | None = None
        self.keys: dict[str, KeyEntry | None] = {}

    def _set(self, **fields: object) -> None:
        self.part = msgspec.structs.replace(self.part, **fields)

    async def read_members(self, ids: Collection[str]) -> None:
        """Members with the keys that they made, and the person whose personal workspace it is."""
        wanted = (Membership.workspace_id == self.part.id, Membership.user_id.in_(ids))
        found = {row.user_id: cast("Role", row.role) async for row in storage.read_members(self._tx, *wanted)}
        members = {user_id: role for user_id, role in self.part.members.items() if user_id not in ids}
        self._set(members=members | found)
        await self._read_keys(ApiKey.user_id.in_(ids))
        if self.part.personal_of in ids:
            person = await users.find(self._tx, self.part.personal_of or "")
            there = None
            if person is not None and person.disabled_at is None:
                there = PersonRow(person.id, person.role)
            self.person = compile_person(there, self.part.id)

    async def read_keys(self, ids: Collection[str]) -> None:
        """API keys."""
        await self._read_keys(ApiKey.id.in_(ids))

    async def _read_keys(self, wanted: storage.Condition) -> None:
        async for row in storage.read_keys(self._tx, ApiKey.workspace_id == self.part.id, wanted):
            good = row.revoked_at is None and row.user_id in self.part.members
            self.keys[row.digest] = compile_key(row) if good else None

    async def read_applications(self, ids: Collection[str]) -> None:
        """Read anew the applications with these ids, as the following do; one that is gone leaves the part."""
        wanted = (Application.workspace_id == self.part.id, Application.id.in_(ids))
        found = compile_applications([row async for row in storage.read_applications(self._tx, *wanted)])
        kept = {each: entry for each, entry in self.part.applications.items() if each not in ids}
        self._set(applications=kept | found)

    async def read_routes(self, ids: Collection[str]) -> None:
        """Routes with their targets, by their ids."""
        wanted = (Route.workspace_id == self.part.id, Route.id.in_(ids))
        routes = [row async for row in storage.read_routes(self._tx, *wanted)]
        targets = [target async for _, target in storage.read_targets(self._tx, *wanted)]
        kept = {name: entry for name, entry in self.part.routes.items() if entry.id not in ids}
        self._set(routes=kept | compile_routes(routes, targets))

    async def read_policies(self, ids: Collection[str]) -> None:
        """Policies, in the order of their ids."""
        wanted = (Policy.workspace_id == self.part.id, Policy.id.in_(ids))
        rows = [row async for row in storage.read_policies(self._tx, *wanted)]
        kept = [entry for entry in self.part.policies if entry.id not in ids]
        policies = sorted([*kept, *map(compile_policy, rows)], key=lambda entry: entry.id)
        self._set(policies=tuple(policies))

    async def read_prices(self, ids: Collection[str]) -> None:
        """Prices of the workspace's own."""
        wanted = (WorkspacePrice.workspace_id == self.part.id, WorkspacePrice.id.in_(ids))
        rows = [row async for row in storage.read_prices(self._tx, *wanted)]
        kept = [entry for entry in self.part.prices if entry.id not in ids]
        self._set(prices=tuple(sorted([*kept, *map(compile_price, rows)], key=lambda entry: entry.id)))

    async def read_limits(self, ids: Collection[str]) -> None:
        """Limits, in the order of their ids."""
        wanted = (Limit.workspace_id == self.part.id, Limit.id.in_(ids))
        rows = [row async for row in storage.read_limits(self._tx, *wanted)]
        kept = [entry for entry in self.part.limits if entry.id not in ids]
        self._set(limits=tuple(sorted([*kept, *map(compile_limit, rows)], key=lambda entry: entry.id)))

    async def read_budgets(self, ids: Collection[str]) -> None:
        """Budgets, in the order of their ids."""
        rows = await storage.find_budgets(self._tx, BudgetRow.workspace_id == self.part.id, BudgetRow.id.in_(ids))
        kept = [entry for entry in self.part.budgets if entry.id not in ids]
        budgets = sorted([*kept, *map(read_budget, rows)], key=lambda entry: entry.id)
        self._set(budgets=tuple(budgets))

    async def read_configurations(self, ids: Collection[str], *, features: bool) -> bool:
        """Configurations, what borrows from them, and ``features``. Whether it could be done."""
        changed = [change for change in await self._compile(ids) if change.concerns_borrowers]
        lent = {entry.provider for change in changed for entry in change if entry is not None}
        if lent:
            borrowers = await storage.find_borrowers(self._tx, self.part.id, lent)
            borrowers = {each for each in borrowers if _concern(changed, self.part.configurations.get(each))}
            if len(borrowers) > _MOST:
                return False
            await self._compile(borrowers - set(ids))
        if features or lent & {entry.entry.provider for entry in self.part.features.values() if entry.entry}:
            rows = await storage.find_features(self._tx, Feature.workspace_id == self.part.id)
            lending = await open_lending(self._tx, self.part.id, (), (), list_features(self.part.id, rows))
            self._set(features=compile_features(self.part.id, rows, lending))
            self._keep_data_keys(lending)
        return True

    async def _compile(self, ids: Collection[str]) -> list[_Changed]:
        """Configurations alone."""
        if not ids:
            return []
        wanted = (Configuration.workspace_id == self.part.id, Configuration.id.in_(ids))
        rows = [row async for row in storage.read_configurations(self._tx, *wanted)]
        trials = VersionRows()
        await storage.load_versions(self._tx, lambda row: row.configuration_id.in_(ids), lambda _: trials)
        lending = await open_lending(self._tx, self.part.id, rows, trials.versions, ())
        made = compile_configurations(rows, trials, lending)
        old = self.part.configurations
        configurations = {**old, **made}
        for each in ids:
            if each not in made:
                configurations.pop(each, None)
        self._set(configurations=configurations)
        self._keep_data_keys(lending)
        return [_Changed(old.get(each), made.get(each)) for each in ids]

    def _keep_data_keys(self, lending: Lending) -> None:
        if lending.data_keys:
            self._set(data_keys={**self.part.data_keys, **lending.data_keys})


def _lends(entry: ConfigurationEntry | None) -> object:
    """What a configuration's borrowers have from it; what has no credential lends nothing."""
    if entry is None or entry.credential_id is None:
        return None
    return (
        entry.provider,
        entry.base_url,
        entry.secrets,
        entry.shared,
        entry.is_active,
        entry.application_id,
        entry.owner_id,
        read_reaching(entry.provider, entry.parameters),
    )
