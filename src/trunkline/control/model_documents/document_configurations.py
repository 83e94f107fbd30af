"""The configurations behind a document's models: made, changed and deleted as plans need them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count
from typing import Final

import msgspec

from trunkline.control.configurations.configuration import Draft
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.model_documents.model_document import NAME_LIMIT
from trunkline.control.model_documents.plan import ModelPlan
from trunkline.control.model_documents.serving import Serving
from trunkline.core.actor import Actor
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.storage import configurations as rows
from trunkline.storage import workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration

_REASON: Final = "Saved as a part of the AI model configuration"


class DocumentConfigurations:
    """Works inside the caller's transaction; what a configuration may be is for :class:`Configurations` to say."""

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations

    async def settle(
        self,
        tx: Transaction,
        actor: Actor,
        so_far: Sequence[Configuration],
        plans: Sequence[ModelPlan],
        system_prompt: str,
    ) -> list[str | None]:
        """Delete those of ``so_far`` that no plan needs, then change and make the others; their ids, by plan.

        Raises Conflict that says what uses one that would go, and InvalidInput by the document's fields.
        """
        needed = {
            plan.configuration.id for plan in plans if plan.serving is not None and plan.configuration is not None
        }
        for configuration in so_far:
            if configuration.id not in needed:
                await self._configurations.delete_in(tx, actor, configuration.id)
        taken = await rows.find_names(tx, actor.workspace_id, actor.user_id)
        ids: list[str | None] = []
        errors: list[FieldError] = []
        for index, plan in enumerate(plans):
            if plan.serving is None:
                ids.append(None)
                continue
            try:
                ids.append(await self._settle_one(tx, actor, plan, plan.serving, system_prompt, taken))
            except InvalidInput as error:
                errors += [_translate(field, index, plan.serving) for field in error.fields]
        if errors:
            raise InvalidInput.of_all(tuple(dict.fromkeys(errors)))
        return ids

    async def _settle_one(
        self,
        tx: Transaction,
        actor: Actor,
        plan: ModelPlan,
        serving: Serving,
        system_prompt: str,
        taken: set[str],
    ) -> str:
        draft = Draft(api_key=plan.api_key, parameters=serving.write_parameters(system_prompt), reason=_REASON)
        if plan.configuration is not None:
            record = await self._configurations.update_in(tx, actor, plan.configuration.id, draft)
        else:
            model = plan.draft.model.strip()
            name = _choose_name(taken, model, serving.provider.id, plan.draft.type)
            taken.add(name)
            draft = msgspec.structs.replace(
                draft, name=name, provider=serving.provider.id, model=model, base_url=serving.base_url
            )
            record = await self._configurations.create_in(tx, actor, draft)
        row = await rows.find(tx, actor.workspace_id, record.id)
        if row is not None and row.is_paid != plan.draft.is_paid:
            row.is_paid = plan.draft.is_paid
            await rows.save(tx, row)
            await workspaces.touch(tx, actor.workspace_id, "configuration", row.id)
        return record.id


def _choose_name(taken: set[str], model: str, provider: str, kind: str) -> str:
    """The model's own name; where the user has given that away, with as much behind it as tells them apart."""
    endings = chain(("", f" ({provider})", f" ({provider}, {kind})"), (f" ({number})" for number in count(2)))
    return next(name for ending in endings if (name := model[: NAME_LIMIT - len(ending)] + ending) not in taken)


def _translate(error: FieldError, index: int, serving: Serving) -> FieldError:
    """A configuration's field by its path in the document; what has none there comes of the provider."""
    if error.field.removeprefix("configuration.") in serving.write_parameters(""):
        return FieldError("system_prompt", error.message)
    name = {"apiKey": "apiKeyEncrypted", "model": "model"}.get(error.field, "provider")
    return FieldError(f"models[{index}].{name}", error.message)
