"""Configurations: making, reading, changing, sharing, deleting them and turning their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.caching.rules import CachingRules, write_caching
from trunkline.control.configurations.configuration import KIND, ConfigurationRecord, Draft, Present, Proposal
from trunkline.control.configurations.configuration_secrets import ConfigurationSecrets
from trunkline.control.configurations.credentials import API_KEY, Credentials, name_owner
from trunkline.control.configurations.history import save_state
from trunkline.control.configurations.loan import list_lenders
from trunkline.control.configurations.lookup import find_changeable, find_visible
from trunkline.control.configurations.name_claims import read_claim, require_own_traffic
from trunkline.control.configurations.proposal import OutputLimit, propose
from trunkline.control.configurations.state import find_masks, find_state, read_present, show_all, write_state
from trunkline.control.installation.rotation import Rotation
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from trunkline.core.ids import new_id
from trunkline.core.moment import to_microseconds
from trunkline.core.secret import Secret
from trunkline.providers.registry import find
from trunkline.storage import applications, configurations, features, health, revisions, versions, workspaces
from trunkline.storage.configurations import Named
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Configuration, now
from trunkline.vault.sealed_key import SealedKeys

REASON_LIMIT = 500


class RotatedKey(msgspec.Struct, frozen=True):
    """A configuration after its key was replaced or encrypted anew, and when."""

    configuration: ConfigurationRecord
    rotated_at: datetime


class Configurations:
    """The one way to change a configuration.

    Every change is one transaction: the row, its secrets, a new revision, an audit event, and the note that makes calls
    see it. A change that changes nothing makes no revision. Who may not see a configuration is told that there is none.
    """

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        rotation: Rotation,
        audit: Audit,
        sealed_keys: SealedKeys,
        output_limit: OutputLimit,
        caching_rules: CachingRules | None = None,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._secrets = ConfigurationSecrets(credentials)
        self._rotation = rotation
        self._audit = audit
        self._sealed_keys = sealed_keys
        self._output_limit = output_limit
        self._caching_rules = caching_rules or CachingRules()

    async def list(
        self, actor: Actor, page: PageRequest, *, provider: str | None = None, is_active: bool | None = None
    ) -> Page[ConfigurationRecord]:
        """The actor's own and those shared with them, the newest first."""
        access.check(actor, "configurations.read")
        wanted = None if provider is None else _read_provider(provider)
        async with self._database.read() as tx:
            rows = await configurations.list_visible(
                tx,
                actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                provider=wanted,
                is_active=is_active,
                after=page.after,
                limit=page.limit + 1,
            )
            records = await show_all(tx, rows[: page.limit])
        return Page(records, encode_cursor(records[-1].id) if len(rows) > page.limit else None)

    async def list_names(self, actor: Actor) -> Sequence[Named]:
        """All of those, in the same order, with what tells them apart alone."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            return await configurations.list_named(
                tx, actor.workspace_id, user_id=actor.user_id, application_id=actor.application_id
            )

    async def get(self, actor: Actor, configuration_id: str) -> ConfigurationRecord:
        """One of those. Raises NotFound for all others."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            (record,) = await show_all(tx, [await find_visible(tx, actor, configuration_id)])
        return record

    async def create(self, actor: Actor, draft: Draft) -> ConfigurationRecord:
        """A new one, owned by the actor. Raises InvalidInput, and Conflict for a name that the actor has already."""
        async with self._database.write() as tx:
            return await self.create_in(tx, actor, draft)

    async def create_in(self, tx: Transaction, actor: Actor, draft: Draft) -> ConfigurationRecord:
        """The same, as a part of a larger change."""
        access.check(actor, "configurations.change")
        if actor.application_id is not None and isinstance(draft.application_id, msgspec.UnsetType):
            draft = msgspec.structs.replace(draft, application_id=actor.application_id)
        proposal = await self._propose(tx, actor, draft, None)
        await self._check_place(tx, actor, proposal, None)
        await configurations.require_free_name(
            tx, actor.workspace_id, actor.user_id, proposal.name, application_id=proposal.application_id
        )
        row = Configuration(
            id=new_id(), workspace_id=actor.workspace_id, user_id=actor.user_id, created_at=now(), revision=0
        )
        _apply(row, proposal)
        await require_own_traffic(tx, actor, row, None)
        if proposal.put:
            row.credential_id = await self._secrets.seal(tx, actor, row, proposal)
        await configurations.insert(tx, row)
        await self._save(tx, actor, row, {}, proposal, draft.reason, "configurations.create")
        (record,) = await show_all(tx, [row])
        return record

    async def update(
        self,
        actor: Actor,
        configuration_id: str,
        draft: Draft,
        *,
        if_revision: int | None = None,
        action: str = "configurations.update",
    ) -> ConfigurationRecord:
        """Lay ``draft`` over it. Raises NotFound, Forbidden, Stale (``if_revision`` is no longer the current one),
        InvalidInput, and Conflict for a name that its owner has already. ``action`` is for the audit log.
        """
        async with self._database.write() as tx:
            return await self.update_in(tx, actor, configuration_id, draft, if_revision=if_revision, action=action)

    async def update_in(
        self,
        tx: Transaction,
        actor: Actor,
        configuration_id: str,
        draft: Draft,
        *,
        if_revision: int | None = None,
        action: str = "configurations.update",
    ) -> ConfigurationRecord:
        """The same, as a part of a larger change."""
        access.check(actor, "configurations.change")
        row = await find_changeable(tx, actor, configuration_id, if_revision)
        masks = await find_masks(tx, row)
        proposal = await self._propose(tx, actor, draft, read_present(row, masks))
        await self._check_place(tx, actor, proposal, row)
        if (proposal.name, proposal.application_id) != (row.name, row.application_id):
            await configurations.require_free_name(
                tx,
                row.workspace_id,
                row.user_id,
                proposal.name,
                application_id=proposal.application_id,
                besides=row.id,
            )
        if proposal.name != row.name:
            await _require_unnamed(tx, row)
        if proposal.provider.id != row.provider:
            await _require_unversioned(tx, row)
        before = await find_state(tx, row)
        fingerprints = self._secrets.fingerprints(row.workspace_id, proposal.put)
        after = write_state(proposal, fingerprints, proposal.put, masks, before)
        if after != before:
            renewed = _reaches_differently(row, proposal)
            if renewed:
                row.test_status, row.test_result = "pending", None
            await self._secrets.update(tx, actor, row, proposal, masks)
            claimed = read_claim(row)
            _apply(row, proposal)
            await require_own_traffic(tx, actor, row, claimed)
            await configurations.save(tx, row)
            await self._save(tx, actor, row, before, proposal, draft.reason, action, after=after)
            if renewed:
                await health.forget(tx, row.id, row.revision, to_microseconds(now()))
        (record,) = await show_all(tx, [row])
        return record

    async def delete(self, actor: Actor, configuration_id: str, *, if_revision: int | None = None) -> None:
        """Delete it and erase its secrets; what was used stays in the accounts.

        Raises NotFound, Forbidden, Stale, and Conflict, which says what uses it.
        """
        async with self._database.write() as tx:
            await self.delete_in(tx, actor, configuration_id, if_revision=if_revision)

    async def delete_in(
        self, tx: Transaction, actor: Actor, configuration_id: str, *, if_revision: int | None = None
    ) -> None:
        """The same, as a part of a larger change."""
        access.check(actor, "configurations.change")
        row = await find_changeable(tx, actor, configuration_id, if_revision)
        uses = await configurations.find_uses(tx, row)
        if uses:
            raise Conflict(
                f"The configuration {row.name!r} is in use: {', '.join(uses)}. Choose another there first.",
                code="in_use",
            )
        before = await find_state(tx, row)
        await configurations.remove(tx, row)
        if row.credential_id is not None:
            await self._credentials.erase(tx, row.workspace_id, row.credential_id)
        await revisions.remove_all(tx, row.workspace_id, KIND, row.id)
        await self._audit.record(tx, actor, "configurations.delete", target=(KIND, row.id), before=before)
        await workspaces.touch(tx, row.workspace_id, KIND, row.id)

    async def rotate_key(
        self, actor: Actor, configuration_id: str, api_key: Secret | None = None, *, if_revision: int | None = None
    ) -> RotatedKey:
        """With ``api_key``, replace the key; without, encrypt what is stored under a new data key of its owner.

        Raises NotFound, Forbidden, Stale, and InvalidInput where there is no key or the given one cannot be one.
        """
        access.check(actor, "configurations.change")
        if api_key is not None:
            draft = Draft(api_key=api_key, reason="Key replaced")
            record = await self.update(
                actor, configuration_id, draft, if_revision=if_revision, action="configurations.rotate_key"
            )
            return RotatedKey(record, now())
        async with self._database.write() as tx:
            row = await find_changeable(tx, actor, configuration_id, if_revision)
            if row.credential_id is None or API_KEY not in await find_masks(tx, row):
                raise InvalidInput.of("apiKey", "there is no key to rotate: send a new one as apiKey.")
            owner = name_owner(workspace_id=row.workspace_id, user_id=row.user_id, shared=row.is_shared)
            await self._rotation.begin(tx, owner)
            await self._credentials.reseal(tx, row.workspace_id, row.credential_id, owner=owner)
            await self._audit.record(tx, actor, "configurations.rotate_key", target=(KIND, row.id))
            await workspaces.touch(tx, row.workspace_id, KIND, row.id)
            (record,) = await show_all(tx, [row])
        await self._rotation.finish(owner)
        return RotatedKey(record, now())

    async def _propose(self, tx: Transaction, actor: Actor, draft: Draft, present: Present | None) -> Proposal:
        if len(draft.reason) > REASON_LIMIT:
            raise InvalidInput.of("reason", f"has at most {REASON_LIMIT} characters; has {len(draft.reason)}.")
        proposal = propose(
            actor,
            draft,
            present,
            sealed_keys=self._sealed_keys,
            output_limit=self._output_limit,
            lenders=await list_lenders(tx, actor, draft, present),
        )
        before = present.caching if present is not None else None
        await self._caching_rules.check(tx, actor.workspace_id, proposal.caching, before)
        return proposal

    async def _check_place(self, tx: Transaction, actor: Actor, proposal: Proposal, row: Configuration | None) -> None:
        """Whether the actor may share it, and put it into that application."""
        if proposal.shared != (row.is_shared if row else False):
            access.check(actor, "configurations.share")
            if row is not None and row.user_id != actor.user_id:
                raise Forbidden("Only the owner of a configuration shares it with the workspace or takes it back.")
        if proposal.application_id == (row.application_id if row else None):
            return
        if actor.application_id is not None and proposal.application_id != actor.application_id:
            raise Forbidden("The key of an application makes configurations of that application alone.")
        if row is not None and await applications.is_default(tx, row):
            raise Conflict(
                f"The configuration {row.name!r} is the default of its application. Make another one the default there"
                " first.",
                code="in_use",
            )
        if proposal.application_id is not None and (
            await applications.find(tx, actor.workspace_id, proposal.application_id) is None
        ):
            raise InvalidInput.of("applicationId", "there is no such application in this workspace.")

    async def _save(
        self,
        tx: Transaction,
        actor: Actor,
        row: Configuration,
        before: JsonObject,
        proposal: Proposal,
        reason: str,
        action: str,
        *,
        after: JsonObject | None = None,
    ) -> None:
        """The revision, the audit event and the note for calls."""
        if after is None:
            fingerprints = self._secrets.fingerprints(row.workspace_id, proposal.put)
            after = write_state(proposal, fingerprints, proposal.put, {}, before)
        row.revision += 1
        row.updated_at = now()
        await save_state(
            tx,
            self._audit,
            actor,
            action,
            kind=KIND,
            subject_id=row.id,
            workspace_id=row.workspace_id,
            number=row.revision,
            reason=reason,
            before=before,
            after=after,
        )


def _read_provider(name: str) -> str:
    try:
        return find(name).id
    except NotFound as error:
        raise InvalidInput.of("provider", error.message) from error


def _apply(row: Configuration, proposal: Proposal) -> None:
    row.name = proposal.name
    row.provider = proposal.provider.id
    row.model = proposal.model
    row.base_url = proposal.base_url
    row.parameters = proposal.parameters
    row.is_active = proposal.is_active
    row.is_shared = proposal.shared
    row.application_id = proposal.application_id
    row.borrows = proposal.borrows
    row.lender_id = proposal.lender_id
    row.caching = write_caching(proposal.caching)


async def _require_unnamed(tx: Transaction, row: Configuration) -> None:
    """Raise Conflict where features are served by it under its name."""
    slugs = await features.find_served_by_name(tx, row)
    if slugs:
        raise Conflict(
            f"The configuration {row.name!r} serves the feature {', '.join(map(repr, slugs))} under this name."
            f" Write its id as the target there first: {row.id}.",
            code="in_use",
        )


async def _require_unversioned(tx: Transaction, row: Configuration) -> None:
    """Raise Conflict where active versions of its provider use its key, or the one it borrows by name."""
    if row.credential_id is None and row.lender_id is None:
        return
    served = await versions.list_served_by(tx, row.id, row.provider)
    if served:
        raise Conflict(
            f"The versions {', '.join(served)} use its key for {row.provider}. Change or delete them first.",
            code="in_use",
        )


def _reaches_differently(row: Configuration, proposal: Proposal) -> bool:
    return (
        bool(proposal.put or proposal.drop)
        or proposal.provider.id != row.provider
        or (proposal.base_url or "") != (row.base_url or "")
        or (proposal.borrows, proposal.lender_id) != (row.borrows, row.lender_id)
    )
