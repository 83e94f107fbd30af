"""Documents of models: the one that each user's program may save, read and replace."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trunkline.control.audit import Audit, changes
from trunkline.control.configurations.credentials import CIPHERTEXT, Credentials, name_owner
from trunkline.control.model_documents.document_configurations import DocumentConfigurations
from trunkline.control.model_documents.model_document import KIND, DocumentDraft, DocumentRecord, ModelRecord
from trunkline.control.model_documents.plan import ModelPlan, ModelPlanner
from trunkline.control.model_documents.serving import explain, identify, still_serves
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import Forbidden, NotFound
from trunkline.storage import configurations as rows
from trunkline.storage import credentials as credential_rows
from trunkline.storage import model_documents, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.model_documents import Entry
from trunkline.storage.tables import ModelDocument, now


class ModelDocuments:
    """The one way to change a document.

    It belongs to a user and lives in the user's personal workspace, whichever workspace the user is in; of API keys
    only those of that workspace open it. Each model that can be served has a configuration there, which is made,
    changed and deleted with it, all in one transaction.
    """

    def __init__(
        self,
        database: Database,
        configurations: DocumentConfigurations,
        credentials: Credentials,
        planner: ModelPlanner,
        audit: Audit,
    ) -> None:
        self._database = database
        self._configurations = configurations
        self._credentials = credentials
        self._planner = planner
        self._audit = audit

    async def create(self, actor: Actor, draft: DocumentDraft) -> DocumentRecord:
        """The user's first. Raises InvalidInput, and Conflict when there is one."""
        _check(actor, "ai_model_config.change")
        async with self._database.write() as tx:
            home = await _find_home(tx, actor)
            document = ModelDocument(user_id=home.user_id, workspace_id=home.workspace_id, revision=0)
            await model_documents.add(tx, document)
            return await self._save(tx, home, document, draft, "ai_model_config.create")

    async def get(self, actor: Actor, *, with_ciphertexts: bool = False) -> DocumentRecord:
        """The user's own, with the encrypted keys exactly as they came where asked for. Raises NotFound."""
        _check(actor, "ai_model_config.read")
        async with self._database.read() as tx:
            await _find_home(tx, actor)
            document = await _find(tx, actor)
            return await self._show(tx, document, with_ciphertexts=with_ciphertexts)

    async def update(self, actor: Actor, draft: DocumentDraft, *, if_revision: int | None = None) -> DocumentRecord:
        """Replace it whole; a replacement that changes nothing makes no revision.

        Configurations of models that are gone are deleted. Raises NotFound, InvalidInput, and Conflict that says
        what uses one of those.
        """
        _check(actor, "ai_model_config.change")
        async with self._database.write() as tx:
            home = await _find_home(tx, actor)
            document = await _find(tx, actor, lock=True)
            require_revision("AI model configuration", document.revision, if_revision)
            return await self._save(tx, home, document, draft, "ai_model_config.update")

    async def _save(
        self, tx: Transaction, home: Actor, document: ModelDocument, draft: DocumentDraft, action: str
    ) -> DocumentRecord:
        before = await model_documents.find_entries(tx, document.id)
        state = await _state_of(tx, document, before)
        # All of them at once and before anything else: who deletes one of them waits here, and not for each other.
        ids = [entry.configuration_id for entry in before if entry.configuration_id is not None]
        held = await rows.find_many(tx, home.workspace_id, ids, lock=True)
        plans = await self._planner.plan(tx, home, draft, before, held)
        own = [
            configuration
            for entry in before
            if (configuration := held.get(entry.configuration_id or "")) is not None
            and still_serves(entry, configuration)
        ]
        served_by = await self._configurations.settle(tx, home, own, plans, draft.system_prompt)
        after = [
            Entry(
                provider=plan.draft.provider,
                type=plan.draft.type,
                model=plan.draft.model,
                is_paid=plan.draft.is_paid,
                credential_id=await self._seal(tx, home, plan) if plan.ciphertext is not None else plan.credential_id,
                is_sealed=plan.is_sealed,
                configuration_id=configuration_id,
            )
            for plan, configuration_id in zip(plans, served_by, strict=True)
        ]
        await model_documents.replace_entries(tx, document.id, after)
        kept = {entry.credential_id for entry in after}
        document.system_prompt = draft.system_prompt
        new_state = await _state_of(tx, document, after)
        for entry in before:
            if entry.credential_id is not None and entry.credential_id not in kept:
                await self._credentials.erase(tx, home.workspace_id, entry.credential_id)
        if document.revision == 0 or new_state != state:
            old, new = changes(state, new_state)
            first = document.revision == 0
            document.revision += 1
            document.updated_at = now()
            await tx.flush()
            target = (KIND, document.id)
            await self._audit.record(tx, home, action, target=target, before=None if first else old, after=new)
        return await self._show(tx, document)

    async def _seal(self, tx: Transaction, home: Actor, plan: ModelPlan) -> str:
        """Keep the ciphertext, encrypted once more. It may be sent nowhere, and so it has no origin."""
        assert plan.ciphertext is not None
        return await self._credentials.seal(
            tx,
            workspace_id=home.workspace_id,
            owner=name_owner(workspace_id=home.workspace_id, user_id=home.user_id, shared=False),
            provider=identify(plan.draft.provider, plan.draft.type, plan.draft.model).provider[:100],
            created_by=home.user_id,
            fields={CIPHERTEXT: plan.ciphertext},
            origins=(),
        )

    async def _show(
        self, tx: Transaction, document: ModelDocument, *, with_ciphertexts: bool = False
    ) -> DocumentRecord:
        entries = await model_documents.find_entries(tx, document.id)
        ids = [entry.configuration_id for entry in entries if entry.configuration_id is not None]
        found = await rows.find_many(tx, document.workspace_id, ids)
        models: list[ModelRecord] = []
        for entry in entries:
            configuration = found.get(entry.configuration_id or "")
            reason = explain(entry, configuration)
            model = read_record(
                ModelRecord,
                entry,
                usable=reason is None,
                reason=reason,
                configuration_id=configuration.id if configuration is not None else None,
            )
            if with_ciphertexts:
                opened = (
                    await self._credentials.open(tx, document.workspace_id, entry.credential_id)
                    if entry.credential_id is not None
                    else {}
                )
                model = msgspec.structs.replace(model, ciphertext=opened.get(CIPHERTEXT))
            models.append(model)
        return read_record(DocumentRecord, document, models=tuple(models))


def _check(actor: Actor, action: str) -> None:
    access.check(actor, action)
    if actor.application_id is not None:
        raise Forbidden(
            "An AI model configuration belongs to a user, and this key to an application: use an access token, or a key"
            " with the scope 'manage' that belongs to no application."
        )


async def _find_home(tx: Transaction, actor: Actor) -> Actor:
    """The actor in the user's personal workspace, which the user owns. Raises Forbidden for a key of another one."""
    workspace = await workspaces.find_personal(tx, actor.user_id)
    if workspace is None:
        raise NotFound("This user has no workspace of their own.", code="workspace_not_found")
    if actor.kind == "key" and actor.workspace_id != workspace.id:
        raise Forbidden(
            "An AI model configuration lives in its user's personal workspace, and this key is one of a shared"
            " workspace: use an access token, or a key of the personal workspace with the scope 'manage'."
        )
    return msgspec.structs.replace(actor, workspace_id=workspace.id, role="owner")


async def _find(tx: Transaction, actor: Actor, *, lock: bool = False) -> ModelDocument:
    document = await model_documents.find(tx, actor.user_id, lock=lock)
    if document is None:
        raise NotFound(
            "You have saved no AI model configuration yet. Save one: POST /api/v1/create/ai-model-config.",
            code="document_not_found",
        )
    return document


async def _state_of(tx: Transaction, document: ModelDocument, entries: Sequence[Entry]) -> JsonObject:
    """What the audit log says of it: ciphertexts as mask and fingerprint."""
    ids = [entry.credential_id for entry in entries if entry.credential_id is not None]
    found = await credential_rows.find_many(tx, document.workspace_id, ids)
    shown: JsonObject = {row.id: {"mask": row.mask, "fingerprint": row.fingerprint} for row in found.values()}
    return {
        "models": [
            {
                "provider": entry.provider,
                "type": entry.type,
                "model": entry.model,
                "isPaid": entry.is_paid,
                "apiKeyEncrypted": shown.get(entry.credential_id or ""),
                "configurationId": entry.configuration_id,
            }
            for entry in entries
        ],
        "system_prompt": document.system_prompt,
    }
