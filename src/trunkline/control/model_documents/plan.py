"""What a document that a program sends is to become, model by model: checked whole before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.configurations.credentials import CIPHERTEXT, Credentials
from trunkline.control.model_documents.model_document import DocumentDraft, ModelDraft, find_fault
from trunkline.control.model_documents.serving import Identity, Serving, choose, identify, still_serves
from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import write_origin
from trunkline.storage.database import Transaction
from trunkline.storage.model_documents import Entry
from trunkline.storage.tables import Configuration
from trunkline.vault.sealed_key import SealedKeys, looks_sealed


class ModelPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What one model becomes.

    ``serving`` None: no configuration serves it. Otherwise ``configuration`` is the one that does already, if there is
    one, and ``api_key`` what its key becomes (UNSET: stays). ``credential_id`` is the stored ciphertext that stays, and
    ``ciphertext`` the new one.
    """

    draft: ModelDraft
    credential_id: str | None = None
    ciphertext: Secret | None = None
    is_sealed: bool = False
    serving: Serving | None = None
    configuration: Configuration | None = None
    api_key: Secret | UnsetType | None = UNSET


class ModelPlanner:
    """Reads drafts of documents. Opens what is sealed for this server, for ``actor`` in the actor's workspace."""

    def __init__(self, credentials: Credentials, sealed_keys: SealedKeys) -> None:
        self._credentials = credentials
        self._sealed_keys = sealed_keys

    async def plan(
        self,
        tx: Transaction,
        actor: Actor,
        draft: DocumentDraft,
        entries: Sequence[Entry],
        configurations: Mapping[str, Configuration],
    ) -> list[ModelPlan]:
        """The plans in the draft's order. ``entries`` are the models so far, ``configurations`` theirs by id.

        Raises InvalidInput that names every wrong field.
        """
        so_far = {identify(entry.provider, entry.type, entry.model): entry for entry in entries}
        seen: dict[Identity, int] = {}
        plans: list[ModelPlan] = []
        errors: list[FieldError] = []
        for index, model in enumerate(draft.models):
            identity = identify(model.provider, model.type, model.model)
            first = seen.setdefault(identity, index)
            if first != index:
                problem = f"is in models[{first}] already, of the same provider and type: keep one of them."
                errors.append(FieldError(f"models[{index}].model", problem))
                continue
            entry = so_far.get(identity)
            held = configurations.get(entry.configuration_id or "") if entry is not None else None
            if entry is not None and held is not None and not still_serves(entry, held):
                held = None
            try:
                plans.append(await self._plan(tx, actor, model, entry, held, f"models[{index}].apiKeyEncrypted"))
            except InvalidInput as error:
                errors += error.fields
        if errors:
            raise InvalidInput.of_all(tuple(errors))
        return plans

    async def _plan(
        self,
        tx: Transaction,
        actor: Actor,
        model: ModelDraft,
        entry: Entry | None,
        held: Configuration | None,
        field: str,
    ) -> ModelPlan:
        serving = choose(model.provider, model.type)
        given = model.ciphertext
        if entry is not None and entry.credential_id is not None and given is not None:
            # Who says nothing of a key whose configuration is there needs nothing of it opened.
            needed = given is not UNSET or held is None
            stored = await self._open(tx, actor, entry.credential_id) if needed else None
            if given is UNSET or given == stored:
                return self._keep(actor, model, entry, held, serving, stored)
        if isinstance(given, Secret):
            return self._take(actor, model, held, serving, given, field)
        if isinstance(serving, str) or serving.provider.requires_api_key:
            return ModelPlan(draft=model)
        # Sent as null, a key that was added to the configuration elsewhere goes too.
        return ModelPlan(draft=model, serving=serving, configuration=held, api_key=given)

    def _keep(
        self,
        actor: Actor,
        model: ModelDraft,
        entry: Entry,
        held: Configuration | None,
        serving: Serving | str,
        stored: Secret | None,
    ) -> ModelPlan:
        """The ciphertext stays, and its configuration; one that is gone is made anew if the ciphertext still opens."""
        kept = ModelPlan(draft=model, credential_id=entry.credential_id, is_sealed=entry.is_sealed)
        if isinstance(serving, str) or not entry.is_sealed:
            return kept
        api_key: Secret | UnsetType = UNSET
        if held is None:
            if stored is None:
                return kept
            try:
                api_key = self._unseal(actor, stored, serving.origin, "")
            except InvalidInput:
                return kept
        return msgspec.structs.replace(kept, serving=serving, configuration=held, api_key=api_key)

    def _take(
        self,
        actor: Actor,
        model: ModelDraft,
        held: Configuration | None,
        serving: Serving | str,
        given: Secret,
        field: str,
    ) -> ModelPlan:
        text = given.reveal()
        fault = find_fault(text)
        if fault is not None:
            raise InvalidInput.of(field, fault)
        if not looks_sealed(text):
            return ModelPlan(draft=model, ciphertext=given)
        if isinstance(serving, str):
            raise InvalidInput.of(field, f"is sealed for this server, which has no use for it. {serving}")
        if serving.provider.auth == "none":
            raise InvalidInput.of(field, f"{serving.provider.display_name} takes no key: send null.")
        opened = self._unseal(actor, given, _origin_of(held, serving), field)
        return ModelPlan(
            draft=model, ciphertext=given, is_sealed=True, serving=serving, configuration=held, api_key=opened
        )

    def _unseal(self, actor: Actor, sealed: Secret, origin: str, field: str) -> Secret:
        return self._sealed_keys.open_sealed(
            sealed.reveal(), user=actor.user_id, workspace=actor.workspace_id, origin=origin, field=field
        )

    async def _open(self, tx: Transaction, actor: Actor, credential_id: str) -> Secret | None:
        """The stored ciphertext; None for one that does not open any more, so that another can take its place."""
        try:
            return (await self._credentials.open(tx, actor.workspace_id, credential_id)).get(CIPHERTEXT)
        except CannotOpen:
            return None


def _origin_of(held: Configuration | None, serving: Serving) -> str:
    """Where calls go: the user may have given the configuration another base URL since."""
    if held is None:
        return serving.origin
    return write_origin(read_base_url(serving.provider, held.base_url, held.parameters).origin)
