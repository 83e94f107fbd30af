"""Downloads of local models, as jobs."""

from __future__ import annotations

from trunkline.control.audit import Audit
from trunkline.control.configurations.configuration import KIND
from trunkline.control.configurations.lookup import find_visible
from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.reach import Reach
from trunkline.control.jobs import JobRecord, Jobs, Progress
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.ollama import pull
from trunkline.storage import workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration

MODEL_LIMIT = 255


class Pulls:
    """Has a provider that keeps models itself (Ollama) download one."""

    def __init__(self, database: Database, reach: Reach, jobs: Jobs, models: ProviderModels, audit: Audit) -> None:
        self._database = database
        self._reach = reach
        self._jobs = jobs
        self._models = models
        self._audit = audit

    async def start(self, actor: Actor, configuration_id: str, model: str) -> JobRecord:
        """Begin to download ``model`` to where the configuration points; asking twice gives the same job.

        Raises NotFound, Forbidden, and InvalidInput where nothing can be downloaded.
        """
        access.check(actor, "models.pull")
        name = model.strip()
        if not name or len(name) > MODEL_LIMIT or not name.isprintable():
            raise InvalidInput.of(
                "model", f"name the model to download, like llama3.2, in at most {MODEL_LIMIT} characters."
            )
        async with self._database.write() as tx:
            row = await find_visible(tx, actor, configuration_id)
            endpoint = await self._reach.open(tx, row)
            if "pull_model" not in endpoint.provider.capabilities:
                raise InvalidInput.of("provider", f"{endpoint.provider.display_name} has no models to download.")
            subject: JsonObject = {"configurationId": row.id, "provider": row.provider, "model": name}
            job, is_new = await self._jobs.start(tx, actor, "model_pull", subject)
            if is_new:
                await self._audit.record(tx, actor, "models.pull", target=(KIND, row.id), after={"model": name})
        if is_new:
            self._jobs.run(job.id, lambda progress: self._download(endpoint, row, name, progress))
        return job

    async def _download(self, endpoint: Endpoint, row: Configuration, model: str, progress: Progress) -> None:
        try:
            async for step in pull(endpoint, self._reach.transport(endpoint.provider), model):
                progress.report({"status": step.status, "completed": step.completed, "total": step.total})
        finally:
            # Also where it broke off: Ollama may have had all of it by then.
            self._models.forget(row.id)
        async with self._database.write() as tx:
            await workspaces.touch(tx, row.workspace_id, KIND, row.id)
