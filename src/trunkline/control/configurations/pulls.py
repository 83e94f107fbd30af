"""Downloads of local models, as jobs."""

from __future__ import annotations

from trunkline.control.audit import Audit
from trunkline.control.configurations.configuration import KIND, Draft, choose
from trunkline.control.configurations.lookup import find_visible
from trunkline.control.configurations.proposal import propose
from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.reach import Reach
from trunkline.control.jobs import JobRecord, Jobs, Progress
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput
from trunkline.providers.endpoint import Endpoint, make_endpoint
from trunkline.providers.ollama import pull
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.storage import workspaces
from trunkline.storage.database import Database
from trunkline.vault.sealed_key import SealedKeys

MODEL_LIMIT = 255


class Pulls:
    """Has a provider that keeps models itself (Ollama) download one."""

    def __init__(
        self,
        database: Database,
        reach: Reach,
        jobs: Jobs,
        models: ProviderModels,
        audit: Audit,
        sealed_keys: SealedKeys,
    ) -> None:
        self._database = database
        self._reach = reach
        self._jobs = jobs
        self._models = models
        self._audit = audit
        self._sealed_keys = sealed_keys

    async def start(self, actor: Actor, configuration_id: str, model: str) -> JobRecord:
        """Begin to download ``model`` to where the configuration points; asking twice gives the same job.

        Raises NotFound, Forbidden, and InvalidInput where nothing can be downloaded.
        """
        access.check(actor, "models.pull")
        name = _read_name(model)
        async with self._database.write() as tx:
            row = await find_visible(tx, actor, configuration_id)
            endpoint = await self._reach.open(tx, row)
            _require_downloads(endpoint.provider)
            subject: JsonObject = {"configurationId": row.id, "provider": row.provider, "model": name}
            job, is_new = await self._jobs.start(tx, actor, "model_pull", subject)
            if is_new:
                await self._audit.record(tx, actor, "models.pull", target=(KIND, row.id), after={"model": name})
        if is_new:
            self._jobs.run(
                job.id, lambda progress: self._download_for(endpoint, row.workspace_id, row.id, name, progress)
            )
        return job

    async def start_unsaved(self, actor: Actor, draft: Draft, model: str) -> JobRecord:
        """The same for a configuration that is not saved: to where ``draft`` points.

        Raises Forbidden, and InvalidInput where nothing can be downloaded.
        """
        access.check(actor, "models.pull")
        name = _read_name(model)
        _require_downloads(find(choose(draft.provider, "")))
        proposal = propose(
            actor,
            draft,
            None,
            sealed_keys=self._sealed_keys,
            output_limit=self._models.output_limit,
        )
        endpoint = make_endpoint(proposal.provider, proposal.base_url, None, {}, proposal.parameters)
        subject: JsonObject = {"baseUrl": str(endpoint.base), "provider": proposal.provider.id, "model": name}
        async with self._database.write() as tx:
            job, is_new = await self._jobs.start(tx, actor, "model_pull", subject)
            if is_new:
                target = ("provider", proposal.provider.id)
                await self._audit.record(tx, actor, "models.pull", target=target, after=subject)
        if is_new:
            self._jobs.run(job.id, lambda progress: self._download(endpoint, name, progress))
        return job

    async def _download_for(
        self, endpoint: Endpoint, workspace_id: str, configuration_id: str, model: str, progress: Progress
    ) -> None:
        try:
            await self._download(endpoint, model, progress)
        finally:
            self._models.forget(configuration_id)
        async with self._database.write() as tx:
            await workspaces.touch(tx, workspace_id, KIND, configuration_id)

    async def _download(self, endpoint: Endpoint, model: str, progress: Progress) -> None:
        try:
            async for step in pull(endpoint, self._reach.transport(endpoint.provider), model):
                progress.report({"status": step.status, "completed": step.completed, "total": step.total})
        finally:
            # Also where it broke off: Ollama may have had all of it by then.
            self._models.forget_address(endpoint.base)


def _read_name(model: str) -> str:
    name = model.strip()
    if not name or len(name) > MODEL_LIMIT or not name.isprintable():
        raise InvalidInput.of(
            "model", f"name the model to download, like llama3.2, in at most {MODEL_LIMIT} characters."
        )
    return name


def _require_downloads(provider: Provider) -> None:
    if "pull_model" not in provider.capabilities:
        raise InvalidInput.of("provider", f"{provider.display_name} has no models to download.")
