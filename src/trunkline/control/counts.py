"""How many of the things that one sees there are in a workspace: what a navigation shows beside their names."""

from __future__ import annotations

import msgspec

from trunkline.control.alerts.alerts import AlertFilter, read_scope
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.storage import alerts, configurations, experiments, features, routes
from trunkline.storage.database import Database


class CountsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Each counts what the list of that subject holds for the actor; None: the actor may not see that list."""

    configurations: int | None
    routes: int | None
    features: int | None
    running_experiments: int | None
    open_alerts: int | None


class Counts:
    """Counts in one transaction, by indexes, and reads no record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, actor: Actor) -> CountsRecord:
        """Those of the actor's workspace."""
        access.check(actor, "workspaces.read")
        require_whole_workspace(actor)
        may = frozenset(access.list_allowed(actor))
        workspace_id, user_id, application_id = actor.workspace_id, actor.user_id, actor.application_id
        async with self._database.read() as tx:
            return CountsRecord(
                configurations=await configurations.count_visible(
                    tx, workspace_id, user_id=user_id, application_id=application_id
                )
                if "configurations.read" in may
                else None,
                routes=await routes.count(tx, workspace_id) if "routes.read" in may else None,
                features=len(STARTING_FEATURES) + await features.count(tx, workspace_id, besides=STARTING_FEATURES)
                if "features.read" in may
                else None,
                running_experiments=await experiments.count_running(
                    tx, workspace_id, user_id=user_id, application_id=application_id
                )
                if "experiments.read" in may
                else None,
                open_alerts=await alerts.count_seen(tx, read_scope(actor, AlertFilter(is_open=True)))
                if "alerts.read" in may
                else None,
            )
