"""Watches running experiments: takes back versions that do harm, and lets ramps go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.experiments.experiments import KIND, end
from trunkline.control.experiments.guardrails import RECENT
from trunkline.control.experiments.ramp import advance, share_of, stop
from trunkline.control.experiments.review import Review, review, shares_of
from trunkline.control.experiments.rollback import find_unfit, roll_back
from trunkline.control.experiments.verdict import Verdict
from trunkline.control.repetition import repeat
from trunkline.control.versions.experiment_settings import Ramp, read_settings, write_settings
from trunkline.control.versions.shares import assign
from trunkline.control.versions.versions import Versions
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Unavailable
from trunkline.core.ids import new_id
from trunkline.logs import get_logger
from trunkline.storage import experiment_units, experiments, leases
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import Configuration, Experiment, now

WATCH_SECONDS: Final = 2.0
LEASE: Final = "experiments"

_LEASE_SECONDS: Final = 20.0
_LOOK_ANYWAY_SECONDS: Final = 60.0
"""So often an experiment is looked at though nothing was called: a step of a ramp may have had its hours."""

SPARE: Final = 10.0
"""The figures of one experiment take at most one part in so many of a process's time."""

_log: Final = get_logger(__name__)

Seen = tuple[tuple[str, int], ...]


class ExperimentWatch:
    """One process at a time does this. Nothing is lost when it dies: the next one reads the same rows.

    An experiment is looked at when its versions have served something since the last time. What is done is decided on
    what was read, and done only if the experiment is still in the same phase.
    """

    def __init__(
        self,
        database: Database,
        audit: Audit,
        versions: Versions,
        *,
        clock: Callable[[], datetime] = now,
        spare: float = SPARE,
    ) -> None:
        self._database = database
        self._audit = audit
        self._versions = versions
        self._clock = clock
        self._spare = spare
        self._holder = new_id()
        self._seen: dict[str, Seen] = {}
        self._next: dict[str, float] = {}

    async def run(self) -> None:
        """Look every two seconds until cancelled."""
        pulse = self._database.read_pulse
        await repeat(self.look, WATCH_SECONDS, "experiments_not_watched", name=__name__, pulse=pulse)

    async def look(self) -> None:
        """Look once at every running experiment that has something new, if no other process does."""
        async with self._database.read() as tx:
            running = await experiment_units.find_running(tx)
        seen: dict[str, Seen] = {}
        for configuration_id, version_id, requests in running:
            seen[configuration_id] = (*seen.get(configuration_id, ()), (version_id, requests))
        seen = {each: state for each, state in seen.items() if len(state) > 1}
        self._next = {each: at for each, at in self._next.items() if each in seen}
        tick = asyncio.get_running_loop().time
        due = [each for each, state in seen.items() if self._is_due(each, state, tick())]
        if not due or not await self._hold():
            return
        for configuration_id in due:
            began = tick()
            await self._try_to_look_at(configuration_id)
            self._seen[configuration_id] = seen[configuration_id]
            self._next[configuration_id] = tick() + (tick() - began) * self._spare

    def _is_due(self, configuration_id: str, state: Seen, tick: float) -> bool:
        at = self._next.get(configuration_id)
        if at is None:
            return True
        return tick >= at and (self._seen.get(configuration_id) != state or tick >= at + _LOOK_ANYWAY_SECONDS)

    async def _hold(self) -> bool:
        moment = self._clock()
        async with self._database.write() as tx:
            until = moment + timedelta(seconds=_LEASE_SECONDS)
            return await leases.take(tx, LEASE, self._holder, now=moment, until=until)

    async def _try_to_look_at(self, configuration_id: str) -> None:
        """So that one that cannot be looked at keeps nobody from the others; it is tried again at its next call."""
        try:
            await self._look_at(configuration_id)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, harm that others do must not wait for it
            _log.exception("experiment_not_reviewed", configuration=configuration_id)

    async def _look_at(self, configuration_id: str) -> None:
        async with self._database.read(limit=LONG_SECONDS) as tx:
            configuration = await experiments.find_configuration(tx, configuration_id)
            if configuration is None:
                return
            found = await review(tx, configuration)
            if found.phase is None or found.phase.ended_at is not None:
                return
            recent = {
                each.version_id: await experiment_units.count_recent(tx, found.phase.id, each.version_id, limit=RECENT)
                for each in found.comparison.contenders
            }
        unfit = find_unfit(found, recent)
        ramp = found.settings.ramp
        units = {each.version_id: each.measured.units for each in found.comparison.contenders}
        ahead = advance(ramp, shares_of(found.versions), units.get(ramp.version_id, 0), self._clock()) if ramp else None
        moves_on = ahead is not None and ahead != ramp and found.comparison.arrives_as_split
        if not unfit and not moves_on:
            return
        async with self._database.write() as tx:
            standing = await self._find_standing(tx, found)
            if standing is None:
                return
            if unfit:
                await self._roll_back(tx, *standing, found, unfit)
            elif ahead is not None:
                await self._go_on(tx, *standing, ahead)

    async def _find_standing(self, tx: Transaction, found: Review) -> tuple[Configuration, Experiment] | None:
        """The experiment, locked, if it still is where it was when its figures were read."""
        configuration = await experiments.find_configuration(tx, found.configuration_id, lock=True)
        experiment = await experiments.find(tx, found.configuration_id)
        last = await experiments.find_last_phase(tx, found.configuration_id)
        if configuration is None or experiment is None or last is None or found.phase is None:
            return None
        same_phase = last.id == found.phase.id and last.ended_at is None and experiment.state == "running"
        same = same_phase and read_settings(experiment.settings) == found.settings
        return (configuration, experiment) if same else None

    async def _roll_back(
        self,
        tx: Transaction,
        configuration: Configuration,
        experiment: Experiment,
        found: Review,
        unfit: dict[str, str],
    ) -> None:
        control = found.comparison.control
        if control is None:
            return
        present = shares_of(await experiments.lock_versions(tx, configuration.id))
        shares = roll_back(present, unfit, control.version_id)
        await self._versions.weigh_in(tx, None, configuration, shares, "guardrail")
        sentence = " ".join(unfit.values())
        if sum(share > 0 for share in shares.values()) == 1:
            end(experiment, "reverted", Verdict("none", sentence, control.version_id))
        elif (ramp := read_settings(experiment.settings).ramp) is not None and ramp.version_id in unfit:
            _keep_ramp(experiment, stop(ramp))
        await self._record(tx, configuration, "experiments.revert", {"reason": sentence, "versionIds": list(unfit)})
        _log.warning("version_taken_back", configuration=configuration.id, reason=sentence)

    async def _go_on(self, tx: Transaction, configuration: Configuration, experiment: Experiment, ramp: Ramp) -> None:
        _keep_ramp(experiment, ramp)
        if ramp.state != "stopped":
            present = shares_of(await experiments.lock_versions(tx, configuration.id))
            weights = assign(present, ramp.version_id, share_of(ramp.step))
            await self._versions.weigh_in(tx, None, configuration, weights, "ramp")
        after: dict[str, JsonValue] = {"state": ramp.state, "versionId": ramp.version_id, "percent": ramp.step.percent}
        await self._record(tx, configuration, "experiments.ramp", after)

    async def _record(
        self, tx: Transaction, configuration: Configuration, action: str, after: dict[str, JsonValue]
    ) -> None:
        target = (KIND, configuration.id)
        await self._audit.record(tx, None, action, target=target, after=after, workspace_id=configuration.workspace_id)


def _keep_ramp(experiment: Experiment, ramp: Ramp | None) -> None:
    settings = read_settings(experiment.settings)
    experiment.settings = write_settings(msgspec.structs.replace(settings, ramp=ramp))
    experiment.updated_at = now()
