"""Where an experiment stands: its rows and figures, read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trunkline.control.experiments.comparison import COMPARED, NOTHING, Comparison, Contender, put_side_by_side
from trunkline.control.experiments.experiment import ExperimentRecord, ExperimentVersionRecord, PhaseRecord, State
from trunkline.control.experiments.guardrails import GuardrailReading, read_guardrails
from trunkline.control.experiments.verdict import Verdict, judge
from trunkline.control.record import read_record
from trunkline.control.versions.experiment_settings import ExperimentSettings, read_settings
from trunkline.control.versions.phases import find_control
from trunkline.core.errors import NotFound
from trunkline.storage import experiment_units, experiments
from trunkline.storage.database import Transaction
from trunkline.storage.experiment_units import Measured
from trunkline.storage.tables import Configuration, ConfigurationVersion, Experiment, ExperimentPhase

SHOWN_PHASES: Final = 100
"""How many phases are listed; older ones are looked at by their number."""

_GONE: Final = "a deleted version"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment at one of its phases. Without an experiment there is no phase, and nothing is compared."""

    configuration_id: str
    experiment: Experiment | None
    settings: ExperimentSettings
    versions: Sequence[ConfigurationVersion]
    phases: Sequence[ExperimentPhase]
    phase: ExperimentPhase | None
    comparison: Comparison
    readings: Sequence[GuardrailReading]

    @property
    def is_latest(self) -> bool:
        """Whether the phase is the experiment's last one."""
        return self.phase is None or self.phase is self.phases[0]


async def review(tx: Transaction, configuration: Configuration, phase_number: int | None = None) -> Review:
    """Where a configuration's experiment stands now, or stood in that phase. Raises NotFound for a phase it had not."""
    experiment = await experiments.find(tx, configuration.id)
    versions = await experiments.find_versions(tx, configuration.id)
    phases = await experiments.find_phases(tx, configuration.id, limit=SHOWN_PHASES)
    phase = next((each for each in phases if phase_number in {None, each.number}), None)
    if phase is None and phase_number is not None:
        last = phases[0].number if phases else 0
        if phase_number < last:
            phase = await experiments.find_phase(tx, configuration.id, phase_number)
        if phase is None:
            raise NotFound(f"There is no phase {phase_number} of this experiment: its last is {last}.")
    measured = await experiment_units.measure(tx, configuration.workspace_id, phase.id) if phase is not None else {}
    comparison = compare_in(phase, experiment, versions, measured)
    settings = read_settings(experiment.settings) if experiment is not None else ExperimentSettings()
    return Review(
        configuration_id=configuration.id,
        experiment=experiment,
        settings=settings,
        versions=versions,
        phases=phases,
        phase=phase,
        comparison=comparison,
        readings=read_guardrails(settings.guardrails, comparison),
    )


def compare_in(
    phase: ExperimentPhase | None,
    experiment: Experiment | None,
    versions: Sequence[ConfigurationVersion],
    measured: Mapping[str, Measured],
) -> Comparison:
    """The versions of a phase side by side, by what was measured of each."""
    names = {version.id: version.version for version in versions}
    weights: Mapping[str, int] = phase.weights if phase is not None else {}
    contenders = [
        Contender(
            version_id=version_id,
            name=names.get(version_id, _GONE),
            weight=weights.get(version_id, 0),
            measured=measured.get(version_id, NOTHING),
        )
        for version_id in [*weights, *sorted(measured.keys() - weights.keys())]
    ]
    control_id = phase.control_version_id if phase is not None else None
    if control_id not in weights:
        control_id = find_control(experiment, versions, weights)
    return put_side_by_side(contenders, control_id, phase.number if phase is not None else 1)


def shares_of(versions: Sequence[ConfigurationVersion]) -> dict[str, int]:
    """The shares of the active versions, the oldest first."""
    return {version.id: version.share for version in versions if version.is_active}


def show(found: Review) -> ExperimentRecord:
    """The same as people see it."""
    comparison = found.comparison
    guardrails = found.settings.guardrails
    return ExperimentRecord(
        configuration_id=found.configuration_id,
        state=_state(found),
        control_version_id=comparison.control.version_id if comparison.control is not None else None,
        phase=_show_phase(found.phase) if found.phase is not None else None,
        phases=[_show_phase(each) for each in found.phases],
        versions=[_show_version(each, comparison) for each in comparison.contenders],
        e_value=comparison.e_value,
        arrives_as_split=comparison.arrives_as_split,
        limits={
            "errorRate": guardrails.error_rate,
            "slowShare": guardrails.slow_share,
            "cost": guardrails.cost,
        },
        readings=found.readings,
        slow_ms=found.settings.slow_ms,
        ramp=found.settings.ramp,
        verdict=_verdict(found),
    )


def _state(found: Review) -> State:
    if found.experiment is None:
        return "none"
    if found.experiment.state == "shipped":
        return "shipped"
    if found.experiment.state == "reverted":
        return "reverted"
    served = sum(version.is_active and version.share > 0 for version in found.versions)
    return "running" if served > 1 else "idle"


def _verdict(found: Review) -> Verdict:
    stored = found.experiment.verdict if found.experiment is not None else None
    if stored is not None and found.is_latest:
        return msgspec.convert(stored, Verdict)
    return judge(found.comparison, found.settings.guardrails.error_rate)


def _show_phase(phase: ExperimentPhase) -> PhaseRecord:
    weights = {version_id: weight / 100 for version_id, weight in phase.weights.items()}
    return read_record(PhaseRecord, phase, weights=weights)


def _show_version(contender: Contender, comparison: Comparison) -> ExperimentVersionRecord:
    differences = comparison.differences.get(contender.version_id, {})
    measured, figures = contender.measured, contender.figures
    cost = figures["avgCostUSD"]
    return ExperimentVersionRecord(
        version_id=contender.version_id,
        version=contender.name,
        is_control=contender is comparison.control,
        share=contender.weight / 100,
        units=measured.units,
        requests=measured.requests,
        cost_usd=None if cost is None else cost * measured.requests,
        metrics=figures,
        differences={metric: differences[metric] for metric in COMPARED if metric in differences},
    )
