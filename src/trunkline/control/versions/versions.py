"""Versions of configurations: making, reading, changing and deleting them, and sharing the traffic between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trunkline.control.audit import Audit, changes
from trunkline.control.configurations.borrowing import read_reaching, read_way
from trunkline.control.configurations.configuration import choose
from trunkline.control.configurations.lookup import find_changeable, find_visible
from trunkline.control.configurations.proposal import OutputLimit
from trunkline.control.page import Page, PageRequest, cut_page
from trunkline.control.revision import require_revision
from trunkline.control.versions.phases import settle_weights
from trunkline.control.versions.shares import WHOLE, Shares, assign, take_out
from trunkline.control.versions.version import FIRST, KIND, VersionDraft, VersionRecord, read_state, show
from trunkline.control.versions.version_proposal import Surroundings, VersionProposal, propose_version
from trunkline.control.versions.version_weights import read_weights
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import Conflict, NotFound
from trunkline.core.ids import new_id
from trunkline.storage import configurations, experiments, versions, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Configuration, ConfigurationVersion, now

LIMIT: Final = 50
"""Versions of one configuration."""


class Versions:
    """The one way to change a version.

    Every change locks the configuration first, so that the shares of its active versions always sum up to 100 %. It is
    one transaction: the versions, the buckets and phase of their experiment, an audit event for each version that
    changed, and the note that makes calls see it.
    """

    def __init__(self, database: Database, audit: Audit, output_limit: OutputLimit) -> None:
        self._database = database
        self._audit = audit
        self._output_limit = output_limit

    async def list(self, actor: Actor, configuration_id: str, page: PageRequest | None = None) -> Page[VersionRecord]:
        """All versions of a configuration that the actor sees, the oldest first."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            parent = await find_visible(tx, actor, configuration_id)
            some = cut_page(await experiments.find_versions(tx, parent.id), page, lambda row: row.id)
            return Page(await _show_all(tx, parent, some.items), some.next_cursor)

    async def get(self, actor: Actor, configuration_id: str, version_id: str) -> VersionRecord:
        """One of them. Raises NotFound for all others."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            parent = await find_visible(tx, actor, configuration_id)
            (record,) = await _show_all(tx, parent, [await _find(tx, parent, version_id)])
        return record

    async def create(self, actor: Actor, configuration_id: str, draft: VersionDraft) -> VersionRecord:
        """A new one. Before the first that is not ``v1``, the configuration itself becomes ``v1``.

        Raises InvalidInput, and Conflict for a name that the configuration has already.
        """
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            parent = await find_changeable(tx, actor, configuration_id)
            if parent.model is None:
                raise Conflict("This configuration has no model of its own, and so nothing to compare versions with.")
            present = list(await experiments.lock_versions(tx, parent.id))
            proposal = propose_version(draft, None, await self._look_around(tx, parent))
            if any(version.version == proposal.version for version in present):
                raise Conflict(versions.write_taken(proposal.version), code="duplicate_version")
            if len(present) >= LIMIT:
                raise Conflict(f"A configuration has at most {LIMIT} versions. Delete one that has had its day.")
            if not present and proposal.version != FIRST:
                present.append(_copy(parent))
                await self._insert(tx, actor, present[0])
            states = {version.id: read_state(version) for version in present}
            created = _make(parent, proposal, choose(draft.share, 0))
            if created.is_active:
                _apply([*present, created], assign(_shares(present), created.id, created.share))
            await self._insert(tx, actor, created)
            await self._settle(tx, actor, parent, present, states, "version created")
            (record,) = await _show_all(tx, parent, [created])
        return record

    async def update(
        self,
        actor: Actor,
        configuration_id: str,
        version_id: str,
        draft: VersionDraft,
        *,
        if_revision: int | None = None,
    ) -> VersionRecord:
        """Lay ``draft`` over it. Its share is taken as asked and the other active ones are scaled.

        Raises NotFound, Forbidden, InvalidInput, and Conflict for a name that is taken.
        """
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            parent = await find_changeable(tx, actor, configuration_id)
            present = await experiments.lock_versions(tx, parent.id)
            row = _pick(present, version_id, if_revision)
            proposal = propose_version(draft, row, await self._look_around(tx, parent))
            if any(other.version == proposal.version for other in present if other is not row):
                raise Conflict(versions.write_taken(proposal.version), code="duplicate_version")
            states = {version.id: read_state(version) for version in present}
            shares, was_active = _shares(present), row.is_active
            asked = choose(draft.share, row.share)
            _write(row, proposal, asked)
            if row.is_active and (not was_active or asked != shares.get(row.id)):
                _apply(present, assign(shares, row.id, asked))
            elif was_active and not row.is_active:
                _apply(present, take_out(shares, row.id))
            await versions.save(tx, row)
            await self._settle(tx, actor, parent, present, states, "version changed")
            (record,) = await _show_all(tx, parent, [row])
        return record

    async def set_shares(
        self, actor: Actor, configuration_id: str, asked: Sequence[tuple[str, int]]
    ) -> list[VersionRecord]:
        """Set the shares of all active versions at once. Gives all versions.

        Raises NotFound, Forbidden, and InvalidInput for a sum other than 100 %, a version that is missing or unknown.
        """
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            parent = await find_changeable(tx, actor, configuration_id)
            present = await experiments.lock_versions(tx, parent.id)
            states = {version.id: read_state(version) for version in present}
            _apply(present, read_weights(present, asked))
            await self._settle(tx, actor, parent, present, states, "shares set")
            return await _show_all(tx, parent, present)

    async def delete(
        self, actor: Actor, configuration_id: str, version_id: str, *, if_revision: int | None = None
    ) -> None:
        """Delete it; the share of an active one goes to the other active ones. Raises NotFound, Forbidden."""
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            parent = await find_changeable(tx, actor, configuration_id)
            present = await experiments.lock_versions(tx, parent.id)
            row = _pick(present, version_id, if_revision)
            left = [version for version in present if version is not row]
            states = {version.id: read_state(version) for version in left}
            if row.is_active:
                _apply(left, take_out(_shares(present), row.id))
            await versions.remove(tx, row)
            await self._audit.record(tx, actor, "versions.delete", target=(KIND, row.id), before=read_state(row))
            await self._settle(tx, actor, parent, left, states, "version deleted")

    async def weigh_in(
        self, tx: Transaction, actor: Actor | None, parent: Configuration, weights: Mapping[str, int], reason: str
    ) -> None:
        """Make exactly the versions in ``weights`` active, with these shares, which sum up to 10,000; for experiments.

        The caller has locked ``parent``. ``actor`` None is the server itself.
        """
        present = await experiments.lock_versions(tx, parent.id)
        states = {version.id: read_state(version) for version in present}
        for version in present:
            version.is_active = version.id in weights
        _apply(present, weights)
        await self._settle(tx, actor, parent, present, states, reason)

    async def _look_around(self, tx: Transaction, parent: Configuration) -> Surroundings:
        return Surroundings(
            parent=parent,
            upstream=await read_way(tx, parent),
            lenders=await configurations.list_lenders(tx, parent.workspace_id),
            output_limit=self._output_limit,
        )

    async def _insert(self, tx: Transaction, actor: Actor, row: ConfigurationVersion) -> None:
        await versions.insert(tx, row)
        await self._audit.record(tx, actor, "versions.create", target=(KIND, row.id), after=read_state(row))

    async def _settle(
        self,
        tx: Transaction,
        actor: Actor | None,
        parent: Configuration,
        present: Sequence[ConfigurationVersion],
        states: Mapping[str, JsonObject],
        reason: str,
    ) -> None:
        """What follows every change: ``states`` are those before it, of the versions that were there."""
        for version in present:
            before, after = changes(states[version.id], read_state(version))
            if before != after:
                version.revision += 1
                version.updated_at = now()
                await self._audit.record(
                    tx,
                    actor,
                    "versions.update",
                    target=(KIND, version.id),
                    before=before,
                    after=after,
                    workspace_id=parent.workspace_id,
                )
        await settle_weights(tx, parent, reason=reason)
        await workspaces.touch(tx, parent.workspace_id, "configuration", parent.id)


def _copy(parent: Configuration) -> ConfigurationVersion:
    """The configuration itself as a version, without what says how its provider is reached."""
    reaching = read_reaching(parent.provider, parent.parameters)
    return ConfigurationVersion(
        id=new_id(),
        workspace_id=parent.workspace_id,
        configuration_id=parent.id,
        version=FIRST,
        label=parent.name,
        provider=parent.provider,
        model=parent.model,
        parameters={name: value for name, value in parent.parameters.items() if name not in reaching},
        share=WHOLE,
        buckets=[],
        is_active=True,
        revision=1,
        created_at=now(),
        updated_at=now(),
    )


def _make(parent: Configuration, proposal: VersionProposal, share: int) -> ConfigurationVersion:
    row = ConfigurationVersion(
        id=new_id(),
        workspace_id=parent.workspace_id,
        configuration_id=parent.id,
        buckets=[],
        revision=1,
        created_at=now(),
        updated_at=now(),
    )
    _write(row, proposal, share)
    return row


def _write(row: ConfigurationVersion, proposal: VersionProposal, share: int) -> None:
    row.version = proposal.version
    row.label = proposal.label
    row.provider = proposal.provider.id
    row.model = proposal.model
    row.parameters = proposal.parameters
    row.is_active = proposal.is_active
    row.share = share


def _shares(present: Sequence[ConfigurationVersion]) -> Shares:
    return {version.id: version.share for version in present if version.is_active}


def _apply(present: Sequence[ConfigurationVersion], shares: Mapping[str, int]) -> None:
    for version in present:
        version.share = shares.get(version.id, version.share)


async def _find(tx: Transaction, parent: Configuration, version_id: str) -> ConfigurationVersion:
    row = await versions.find(tx, parent.id, version_id)
    if row is None:
        raise _not_found()
    return row


def _pick(present: Sequence[ConfigurationVersion], version_id: str, if_revision: int | None) -> ConfigurationVersion:
    row = next((version for version in present if version.id == version_id), None)
    if row is None:
        raise _not_found()
    require_revision("version", row.revision, if_revision)
    return row


def _not_found() -> NotFound:
    return NotFound("There is no such version of this configuration.", code="version_not_found")


async def _show_all(
    tx: Transaction, parent: Configuration, rows: Sequence[ConfigurationVersion]
) -> list[VersionRecord]:
    served = await versions.read_served(tx, parent.workspace_id, [row.id for row in rows])
    return [show(row, parent, served[row.id]) for row in rows]
