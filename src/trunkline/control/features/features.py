"""Features: what serves each tool of the users' app, with which instructions and parameters."""

from __future__ import annotations

from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.caching.rules import CachingRules, read_caching
from trunkline.control.configurations.credentials import API_KEY, Credentials, name_owner
from trunkline.control.configurations.history import RevisionRecord, read_history, save_state
from trunkline.control.features.catalogue import Catalogue
from trunkline.control.features.feature import KIND, PROVIDER, FeatureDraft, FeatureRecord
from trunkline.control.features.keys import FeatureKeys, read_mask
from trunkline.control.features.lookup import find_feature
from trunkline.control.features.plan import FeaturePlan, check_output_limit, plan_feature
from trunkline.control.features.starting_features import STARTING_FEATURES, FeatureKind
from trunkline.control.features.state import apply_plan, new_row, saved_draft, show_key, starting_draft, write_state
from trunkline.control.features.target import find_targets
from trunkline.control.features.view import FeatureView
from trunkline.control.page import Page, PageRequest
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.storage import features, revisions, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Feature, now
from trunkline.vault.sealed_key import SealedKeys

FEATURES_LIMIT: Final = 100
"""Features of a workspace that are not starting ones."""

PATIENCE_SECONDS: Final = 5.0
"""How long a change waits for the list of models, to know how much a model writes at most."""


class Features:
    """The features of a workspace: those that every workspace starts with, and its admins' own.

    A change is one transaction: the row, its key, a revision, an audit event, and the note that makes calls see it. A
    key is asked about at OpenRouter before it is stored, outside of any transaction. A change that changes nothing
    makes no revision.
    """

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        audit: Audit,
        sealed_keys: SealedKeys,
        keys: FeatureKeys,
        catalogue: Catalogue,
        caching_rules: CachingRules,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._audit = audit
        self._sealed_keys = sealed_keys
        self._keys = keys
        self._catalogue = catalogue
        self._caching_rules = caching_rules
        self._view = FeatureView(database, catalogue)

    async def list(self, actor: Actor, page: PageRequest | None = None) -> Page[FeatureRecord]:
        """All features: the starting ones in their order, then the workspace's own, the oldest first."""
        access.check(actor, "features.read")
        return await self._view.list(actor, page)

    async def get(self, actor: Actor, slug: str) -> FeatureRecord:
        """One feature. Raises NotFound, which names the nearest."""
        access.check(actor, "features.read")
        return await self._view.get(actor, slug)

    async def create(self, actor: Actor, slug: str, kind: FeatureKind, draft: FeatureDraft) -> FeatureRecord:
        """A new feature. Raises InvalidInput, UpstreamError where the key could not be checked, and Conflict for a slug
        that is taken.
        """
        access.check(actor, "features.change")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            await self._require_room(tx, actor, slug)
            row = new_row(actor.workspace_id, actor.user_id, slug=slug, name="", kind=kind)
            plan = await self._plan(tx, actor, row, draft)
        await self._check_outside(actor, plan)
        async with self._database.write() as tx:
            await self._require_room(tx, actor, slug)
            plan = await self._plan(tx, actor, row, draft)
            await self._save(tx, actor, row, plan, {}, draft.reason, "features.create")
        return await self._view.get(actor, slug)

    async def update(
        self,
        actor: Actor,
        slug: str,
        draft: FeatureDraft,
        *,
        if_revision: int | None = None,
        action: str = "features.change",
    ) -> FeatureRecord:
        """Lay ``draft`` over a feature. Raises NotFound, Stale (``if_revision`` is no longer the current one),
        InvalidInput, UpstreamError where a new key could not be checked, and Conflict when somebody else changed the
        feature meanwhile. ``action`` is for the audit log.
        """
        access.check(actor, "features.change")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            seen = await find_feature(tx, actor.workspace_id, slug)
            require_revision("feature", seen.revision, if_revision)
            plan = await self._plan(tx, actor, seen, draft)
        await self._check_outside(actor, plan)
        async with self._database.write() as tx:
            row = await find_feature(tx, actor.workspace_id, slug, lock=True)
            require_revision("feature", row.revision, if_revision)
            if row.revision != seen.revision:
                raise Conflict(
                    f"Somebody else changed the feature {slug!r} just now. Read it again and repeat your change.",
                    code="changed_meanwhile",
                )
            if not row.revision:
                row.created_by = actor.user_id
            plan = await self._plan(tx, actor, row, draft)
            before = await _read_state(tx, row)
            await self._save(tx, actor, row, plan, before, draft.reason, action)
        return await self._view.get(actor, slug)

    async def reset(self, actor: Actor, slug: str, *, if_revision: int | None = None) -> FeatureRecord:
        """Give a feature its defaults again: what it starts with, or was made with. Its key and name of kind stay.

        Raises as :meth:`change`.
        """
        access.check(actor, "features.change")
        start = STARTING_FEATURES.get(slug)
        if start is not None:
            draft = starting_draft(start, "Reset to the defaults")
        else:
            draft = await self._find_saved(actor, slug, 1, "Reset to what it was made with")
        return await self.update(actor, slug, draft, if_revision=if_revision, action="features.reset")

    async def history(self, actor: Actor, slug: str, page: PageRequest) -> Page[RevisionRecord]:
        """The saved states of a feature, the newest first; none of one that nobody has saved. Raises NotFound."""
        access.check(actor, "features.change")
        async with self._database.read() as tx:
            row = await find_feature(tx, actor.workspace_id, slug)
            return await read_history(tx, row.workspace_id, KIND, row.id, page) if row.revision else Page(())

    async def revert(
        self, actor: Actor, slug: str, number: int, *, reason: str = "", if_revision: int | None = None
    ) -> FeatureRecord:
        """Make the saved state ``number`` the current one again, as a new revision. The key stays.

        Raises as :meth:`change`.
        """
        access.check(actor, "features.change")
        draft = await self._find_saved(actor, slug, number, reason or f"Reverted to revision {number}")
        return await self.update(actor, slug, draft, if_revision=if_revision, action="features.revert")

    async def delete(self, actor: Actor, slug: str, *, if_revision: int | None = None) -> None:
        """Delete a feature of the workspace's own with its key; what was used stays in the accounts.

        Raises NotFound, Stale, and Conflict for a starting one, which can only be reset.
        """
        access.check(actor, "features.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            row = await find_feature(tx, actor.workspace_id, slug, lock=True)
            if slug in STARTING_FEATURES:
                raise Conflict(
                    f"The feature {slug!r} comes with every workspace and cannot be deleted. To go back to its"
                    f" defaults, send POST /api/features/{slug}/reset.",
                    code="starting_feature",
                )
            require_revision("feature", row.revision, if_revision)
            before = await _read_state(tx, row)
            await features.remove(tx, row)
            if row.credential_id is not None:
                await self._credentials.erase(tx, row.workspace_id, row.credential_id)
            await revisions.remove_all(tx, row.workspace_id, KIND, row.id)
            await self._audit.record(tx, actor, "features.delete", target=(KIND, row.id), before=before)
            await workspaces.touch(tx, row.workspace_id, KIND, row.id)

    async def plan(self, actor: Actor, slug: str, draft: FeatureDraft) -> FeaturePlan:
        """What ``draft`` would make of a feature, checked as if it were saved. Nothing is written."""
        access.check(actor, "features.change")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            plan = await self._plan(tx, actor, await find_feature(tx, actor.workspace_id, slug), draft)
        await self._check_limit(actor, plan)
        return plan

    async def _plan(self, tx: Transaction, actor: Actor, row: Feature, draft: FeatureDraft) -> FeaturePlan:
        plan = plan_feature(actor, row, await read_mask(tx, row), draft, self._sealed_keys)
        await self._caching_rules.check(tx, actor.workspace_id, plan.caching, read_caching(row.caching))
        if plan.target is not None and plan.target != row.target:
            found = (await find_targets(tx, row.workspace_id, [plan.target])).get(plan.target)
            if found is None:
                raise InvalidInput.of(
                    "target",
                    "names no active route, and no configuration that is shared with the workspace. Share one, or"
                    " leave target out.",
                )
            if found.configuration is not None and found.model is None and not plan.model:
                raise InvalidInput.of(
                    "target", f"the configuration has no model of its own: write {plan.target}/<model>."
                )
        return plan

    async def _check_outside(self, actor: Actor, plan: FeaturePlan) -> None:
        """What takes the network, so that no transaction waits for it."""
        await self._check_limit(actor, plan)
        if plan.put is not None:
            await self._keys.require_good(plan.base_url, plan.put)

    async def _check_limit(self, actor: Actor, plan: FeaturePlan) -> None:
        if plan.target is None and "maxTokens" in plan.parameters:
            listing = await self._catalogue.read(actor, PROVIDER, patience=PATIENCE_SECONDS)
            info = listing.find(plan.model)
            check_output_limit(plan, None if info is None else info.max_output_tokens)

    async def _require_room(self, tx: Transaction, actor: Actor, slug: str) -> None:
        if slug in STARTING_FEATURES:
            raise Conflict(
                f"Every workspace has the feature {slug!r} already: change it with PUT /api/features/{slug}.",
                code="duplicate_slug",
            )
        if await features.find(tx, actor.workspace_id, slug) is not None:
            raise Conflict(f"There is a feature {slug!r} already. Choose another slug.", code="duplicate_slug")
        if await features.count(tx, actor.workspace_id) >= FEATURES_LIMIT + len(STARTING_FEATURES):
            raise Conflict(f"A workspace has at most {FEATURES_LIMIT} features of its own. Delete one first.")

    async def _save(
        self,
        tx: Transaction,
        actor: Actor,
        row: Feature,
        plan: FeaturePlan,
        before: JsonObject,
        reason: str,
        action: str,
    ) -> None:
        shown = await read_mask(tx, row)
        fingerprint = None if plan.put is None else self._credentials.fingerprint(plan.put, row.workspace_id)
        apply_plan(row, plan)
        after = write_state(row, show_key(plan, shown, fingerprint, before.get("apiKey")))
        if after == before:
            return
        await self._change_key(tx, actor, row, plan)
        row.revision += 1
        row.updated_at = now()
        if row.revision == 1:
            row.created_at = row.updated_at
            await features.insert(tx, row)
        await tx.flush()
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

    async def _change_key(self, tx: Transaction, actor: Actor, row: Feature, plan: FeaturePlan) -> None:
        if plan.drop and row.credential_id is not None:
            credential_id, row.credential_id = row.credential_id, None
            await tx.flush()
            await self._credentials.erase(tx, row.workspace_id, credential_id)
        if plan.put is None:
            return
        fields: dict[str, Secret] = {API_KEY: plan.put}
        if row.credential_id is None:
            row.credential_id = await self._credentials.seal(
                tx,
                workspace_id=row.workspace_id,
                owner=name_owner(workspace_id=row.workspace_id, user_id=actor.user_id, shared=True),
                provider=PROVIDER,
                created_by=actor.user_id,
                fields=fields,
                origins=(plan.origin,),
            )
            return
        await self._credentials.update(
            tx,
            row.workspace_id,
            row.credential_id,
            provider=PROVIDER,
            changed_by=actor.user_id,
            put=fields,
            drop=(),
            origins=(plan.origin,),
        )

    async def _find_saved(self, actor: Actor, slug: str, number: int, reason: str) -> FeatureDraft:
        async with self._database.read() as tx:
            row = await find_feature(tx, actor.workspace_id, slug)
            saved = await revisions.find(tx, row.workspace_id, KIND, row.id, number) if row.revision else None
        if saved is None:
            raise NotFound(f"There is no revision {number} of this feature.", code="revision_not_found")
        return saved_draft(saved.state, reason)


async def _read_state(tx: Transaction, row: Feature) -> JsonObject:
    """The state that is saved as the current revision; for a feature that nobody has saved, what it starts with."""
    saved = await revisions.find(tx, row.workspace_id, KIND, row.id, row.revision) if row.revision else None
    return write_state(row, None) if saved is None else dict(saved.state)
