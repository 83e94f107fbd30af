"""Models that a provider (Ollama) keeps on a disk: what is known of each, and deleting them."""

from __future__ import annotations

from trunkline.control.audit import Audit
from trunkline.control.configurations.configuration import KIND
from trunkline.control.configurations.lookup import find_visible
from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.pulls import MODEL_LIMIT
from trunkline.control.configurations.reach import Reach
from trunkline.control.request_context import current_request_context
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound, UpstreamError
from trunkline.gateway.disclosure import Disclosure
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.model_info import ModelInfo
from trunkline.providers.nearest import nearest
from trunkline.providers.ollama import delete, show
from trunkline.storage import workspaces
from trunkline.storage.database import Database


class LocalModels:
    """Asks the provider that a configuration points to. Raises NotFound, and UpstreamError as the provider fails."""

    def __init__(self, database: Database, reach: Reach, models: ProviderModels, audit: Audit) -> None:
        self._database = database
        self._reach = reach
        self._models = models
        self._audit = audit

    async def show(self, actor: Actor, configuration_id: str, model: str) -> ModelInfo:
        """What is known of one installed model."""
        access.check(actor, "configurations.read")
        endpoint, disclosure = await self._open(actor, configuration_id, model)
        try:
            return await show(endpoint, self._reach.transport(endpoint.provider), model)
        except UpstreamError as error:
            if error.kind != "not_found":
                disclosure.error(error)
                raise
            raise await self._missing(actor, configuration_id, model) from error

    async def delete(self, actor: Actor, configuration_id: str, model: str) -> None:
        """Delete an installed model. As with a download, it changes what everybody who uses that server has."""
        access.check(actor, "models.pull")
        endpoint, disclosure = await self._open(actor, configuration_id, model)
        try:
            await delete(endpoint, self._reach.transport(endpoint.provider), model)
        except UpstreamError as error:
            if error.kind != "not_found":
                disclosure.error(error)
                raise
            raise await self._missing(actor, configuration_id, model) from error
        self._models.forget(configuration_id)
        async with self._database.write() as tx:
            await workspaces.touch(tx, actor.workspace_id, KIND, configuration_id)
            await self._audit.record(
                tx, actor, "models.delete", target=(KIND, configuration_id), before={"model": model}
            )

    async def _open(self, actor: Actor, configuration_id: str, model: str) -> tuple[Endpoint, Disclosure]:
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            endpoint = await self._reach.open(tx, row)
        if not model.strip() or len(model) > MODEL_LIMIT or not model.isprintable():
            raise InvalidInput.of("model", f"name an installed model, in at most {MODEL_LIMIT} characters.")
        if "pull_model" not in endpoint.provider.capabilities:
            raise InvalidInput(f"{endpoint.provider.display_name} keeps no models on a disk: only Ollama does.")
        request_id = current_request_context().request_id or ""
        return endpoint, Disclosure(actor, request_id, endpoint.redaction, owner_id=row.user_id)

    async def _missing(self, actor: Actor, configuration_id: str, model: str) -> NotFound:
        """What to tell of a model that is not installed, with the nearest that are."""
        listing = await self._models.list_local(actor, configuration_id)
        near = nearest(model, [one.id for one in listing.models])
        hint = f" Nearest: {', '.join(near)}." if near else ""
        return NotFound(f"No model {model!r} is installed there.{hint}")
