"""Experiments between the versions of a configuration: reading them, steering them, and ending them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UnsetType

from trunkline.control.audit import Audit, changes
from trunkline.control.configurations.borrowing import read_reaching
from trunkline.control.configurations.configuration import Draft
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.lookup import find_changeable, find_visible
from trunkline.control.experiments.experiment import (
    ExperimentDraft,
    ExperimentRecord,
    ListedRecord,
    ListedState,
    RampDraft,
)
from trunkline.control.experiments.guardrails import Rail
from trunkline.control.experiments.history import PointRecord, look_back
from trunkline.control.experiments.ramp import begin, share_of, stop
from trunkline.control.experiments.review import review, shares_of, show
from trunkline.control.experiments.verdict import Verdict
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.versions.experiment_settings import (
    ExperimentSettings,
    Guardrails,
    read_settings,
    write_settings,
)
from trunkline.control.versions.phases import find_control, settle_weights
from trunkline.control.versions.shares import WHOLE, assign
from trunkline.control.versions.versions import Versions
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.storage import experiments, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Configuration, ConfigurationVersion, Experiment, now

KIND = "experiment"
"""What audit events call an experiment; its id is its configuration's."""


class Experiments:
    """The experiment of each configuration. It begins by itself with the first active version.

    Whoever sees the configuration sees its experiment; whoever may change the one may change the other.
    """

    def __init__(self, database: Database, audit: Audit, configurations: Configurations, versions: Versions) -> None:
        self._database = database
        self._audit = audit
        self._configurations = configurations
        self._versions = versions

    async def get(self, actor: Actor, configuration_id: str, *, phase: int | None = None) -> ExperimentRecord:
        """Where it stands now, or stood in that phase. Raises NotFound for a configuration or phase there is not."""
        access.check(actor, "experiments.read")
        async with self._database.read() as tx:
            configuration = await find_visible(tx, actor, configuration_id)
            return show(await review(tx, configuration, phase))

    async def list(self, actor: Actor, page: PageRequest, state: ListedState | None = None) -> Page[ListedRecord]:
        """A page of those that the actor sees, the newest configuration first, each at its last phase."""
        access.check(actor, "experiments.read")
        async with self._database.read() as tx:
            found = await experiments.list_seen(
                tx,
                actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                state=state,
                after=page.after,
                limit=page.limit + 1,
            )
            kept = found[: page.limit]
            items = [read_record(ListedRecord, each, experiment=show(await review(tx, each))) for each in kept]
        return Page(items, encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def look_back(self, actor: Actor, configuration_id: str) -> Sequence[PointRecord]:
        """How the differences came to be in the last phases, the oldest point first. Raises NotFound."""
        access.check(actor, "experiments.read")
        async with self._database.read() as tx:
            return await look_back(tx, await find_visible(tx, actor, configuration_id), now())

    async def update(self, actor: Actor, configuration_id: str, draft: ExperimentDraft) -> ExperimentRecord:
        """Lay ``draft`` over it; a ramp begins with its first step at once.

        Raises NotFound, Forbidden, InvalidInput, and Conflict as long as no version has ever been active.
        """
        access.check(actor, "experiments.change")
        async with self._database.write() as tx:
            configuration, experiment, versions = await self._open(tx, actor, configuration_id)
            before = _state(experiment)
            if not isinstance(draft.control_version_id, UnsetType):
                _require_active(versions, draft.control_version_id, "controlVersionId")
                experiment.control_version_id = draft.control_version_id
            experiment.settings = write_settings(_lay_over(read_settings(experiment.settings), draft))
            if isinstance(draft.ramp, RampDraft):
                await self._ramp_up(tx, actor, configuration, experiment, versions, draft.ramp)
            else:
                await settle_weights(tx, configuration, "settings")
            was, became = changes(before, _state(experiment))
            if was or became:
                experiment.updated_at = now()
                await workspaces.touch(tx, configuration.workspace_id, "configuration", configuration.id)
                await self._audit.record(
                    tx, actor, "experiments.change", target=(KIND, configuration.id), before=was, after=became
                )
            await tx.flush()
            return show(await review(tx, configuration))

    async def ship(self, actor: Actor, configuration_id: str, version_id: str) -> ExperimentRecord:
        """End it with a winner: that version serves everything, and the configuration becomes what the version is.

        The configuration takes on provider, model and parameters as a new revision; with another provider it gives up
        its own key and uses the workspace's shared one, as the version did. The other versions stop serving.
        """
        access.check(actor, "experiments.change")
        async with self._database.write() as tx:
            configuration, experiment, versions = await self._open(tx, actor, configuration_id)
            version = next((each for each in versions if each.id == version_id), None)
            if version is None:
                hidden = await experiments.is_version_elsewhere(tx, configuration.workspace_id, version_id)
                code = "hidden" if hidden else "version_not_found"
                raise NotFound("There is no such version of this configuration.", code=code)
            # First the traffic: no other version may need the key that the configuration is about to give up.
            await self._versions.weigh_in(tx, actor, configuration, {version.id: WHOLE}, "shipped")
            await self._configurations.update_in(tx, actor, configuration.id, _as_draft(version, configuration))
            verdict = Verdict("none", f"Version {version.version} was shipped: it serves everything.", version.id)
            return await self._end(tx, actor, configuration, experiment, version, "shipped", verdict)

    async def revert(self, actor: Actor, configuration_id: str) -> ExperimentRecord:
        """End it without a winner: the control serves everything, the others stop.

        Conflict if none is active, and for an experiment that has ended: a version that was shipped is taken back by
        reverting the configuration to the revision before.
        """
        access.check(actor, "experiments.change")
        async with self._database.write() as tx:
            configuration, experiment, versions = await self._open(tx, actor, configuration_id)
            if experiment.state == "shipped":
                raise Conflict(
                    "This experiment has ended: a version was shipped. To take that back, revert the configuration to"
                    " the revision before, or give another version a share to start again.",
                    code="experiment_ended",
                )
            if experiment.state == "reverted":
                raise Conflict("This experiment has ended: it was reverted already.", code="experiment_ended")
            control_id = find_control(experiment, versions, shares_of(versions))
            control = next((each for each in versions if each.id == control_id), None)
            if control is None:
                raise Conflict("No version is active, so there is nothing to revert: the configuration serves itself.")
            verdict = Verdict("none", f"Reverted: {control.version} serves everything again.", control.id)
            return await self._end(tx, actor, configuration, experiment, control, "reverted", verdict)

    async def _open(
        self, tx: Transaction, actor: Actor, configuration_id: str
    ) -> tuple[Configuration, Experiment, Sequence[ConfigurationVersion]]:
        configuration = await find_changeable(tx, actor, configuration_id)
        experiment = await experiments.find(tx, configuration.id)
        if experiment is None:
            raise Conflict("This configuration has had no active version yet: create versions first.")
        return configuration, experiment, await experiments.lock_versions(tx, configuration.id)

    async def _ramp_up(
        self,
        tx: Transaction,
        actor: Actor,
        configuration: Configuration,
        experiment: Experiment,
        versions: Sequence[ConfigurationVersion],
        draft: RampDraft,
    ) -> None:
        _require_active(versions, draft.version_id, "ramp.versionId")
        shares = shares_of(versions)
        if draft.version_id == find_control(experiment, versions, shares):
            raise InvalidInput.of("ramp.versionId", "is the control: ramp up one of the others.")
        ramp = begin(draft.version_id, draft.steps, now())
        experiment.settings = write_settings(msgspec.structs.replace(read_settings(experiment.settings), ramp=ramp))
        weights = assign(shares, ramp.version_id, share_of(ramp.step))
        await self._versions.weigh_in(tx, actor, configuration, weights, "ramp")

    async def _end(
        self,
        tx: Transaction,
        actor: Actor,
        configuration: Configuration,
        experiment: Experiment,
        serving: ConfigurationVersion,
        state: str,
        verdict: Verdict,
    ) -> ExperimentRecord:
        before = experiment.state
        await self._versions.weigh_in(tx, actor, configuration, {serving.id: WHOLE}, state)
        end(experiment, state, verdict)
        await self._audit.record(
            tx,
            actor,
            "experiments.ship" if state == "shipped" else "experiments.revert",
            target=(KIND, configuration.id),
            before={"state": before},
            after={"state": state, "versionId": serving.id},
        )
        await tx.flush()
        return show(await review(tx, configuration))


def end(experiment: Experiment, state: str, verdict: Verdict) -> None:
    """Note how it ended; a ramp that still went on has stopped."""
    settings = read_settings(experiment.settings)
    experiment.settings = write_settings(msgspec.structs.replace(settings, ramp=stop(settings.ramp)))
    experiment.state, experiment.verdict, experiment.updated_at = state, msgspec.to_builtins(verdict), now()


def _lay_over(settings: ExperimentSettings, draft: ExperimentDraft) -> ExperimentSettings:
    fields: Mapping[Rail, str] = {"errorRate": "error_rate", "slowShare": "slow_share", "cost": "cost"}
    limits = {fields[rail]: limit for rail, limit in draft.limits.items()}
    guardrails: Guardrails = msgspec.structs.replace(settings.guardrails, **limits)
    slow_ms = settings.slow_ms if isinstance(draft.slow_ms, UnsetType) else draft.slow_ms
    ramp = stop(settings.ramp) if draft.ramp is None else settings.ramp
    return ExperimentSettings(guardrails=guardrails, slow_ms=slow_ms, ramp=ramp)


def _require_active(versions: Sequence[ConfigurationVersion], version_id: str | None, field: str) -> None:
    if version_id is not None and not any(each.id == version_id and each.is_active for each in versions):
        raise InvalidInput.of(field, "names no active version of this configuration.")


def _as_draft(version: ConfigurationVersion, configuration: Configuration) -> Draft:
    # How the provider is reached is the configuration's own: a version only says what it is asked.
    reaching = read_reaching(configuration.provider, configuration.parameters)
    replaced = [name for name in configuration.parameters if name not in reaching]
    parameters: JsonObject = {**dict.fromkeys(replaced), **version.parameters}
    reason = f"Version {version.version} was shipped"
    if version.provider == configuration.provider:
        return Draft(model=version.model, parameters=parameters, reason=reason)
    return Draft(
        provider=version.provider,
        model=version.model,
        base_url=None,
        parameters={**dict.fromkeys(configuration.parameters), **version.parameters},
        borrows=True,
        lender_id=None,
        reason=reason,
    )


def _state(experiment: Experiment) -> dict[str, JsonValue]:
    return {
        "controlVersionId": experiment.control_version_id,
        **write_settings(read_settings(experiment.settings)),
    }
