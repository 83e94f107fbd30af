"""Where a name leads: to one configuration, along a route, or into a feature."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import (
    ConfigurationEntry,
    FeatureEntry,
    RouteEntry,
    WorkspacePart,
)

OURS = "trunkline"
"""Who serves what has no provider of its own, such as a route."""


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What may serve a name. Without candidates, ``trouble`` says why, for people.

    ``names`` are those by which a narrow key may list it; ``created_at`` is microseconds since the epoch.
    """

    candidates: tuple[Candidate, ...]
    names: frozenset[str]
    provider: str = OURS
    created_at: int = 0
    trouble: str = ""

    @classmethod
    def to(cls, part: WorkspacePart, entry: ConfigurationEntry, model: str | None = None) -> Resolution | None:
        """To one configuration, for ``model`` or its own; None when neither is there.

        Its versions are variants of the configuration as it is: who names a model gets that model.
        """
        chosen = model or entry.model
        if chosen is None:
            return None
        return cls(
            candidates=(Candidate(entry, chosen, part, trial=entry.trial if model is None else None),),
            names=frozenset((entry.name, entry.id)),
            provider=entry.provider,
            created_at=entry.created_at,
        )

    @classmethod
    def along(
        cls, part: WorkspacePart, route: RouteEntry, model: str | None = None, passed: tuple[str, ...] = ()
    ) -> Resolution:
        """Along a route, for ``model`` or what each target says. Routes that were ``passed`` are not gone again."""
        otherwise = _find_otherwise(part, route, model, (*passed, route.id))
        candidates: list[Candidate] = []
        unfit: list[str] = []
        for target in route.targets:
            entry = part.configurations.get(target.configuration_id)
            why = _find_fault(entry, model or target.model)
            if entry is None or why:
                unfit.append(why)
                continue
            own = model or target.model
            trial = entry.trial if own is None else None
            candidates.append(
                Candidate(entry, own or entry.model or "", part, route, target, trial=trial, otherwise=otherwise)
            )
        return cls(
            candidates=tuple(candidates),
            names=frozenset((route.name, route.id)),
            created_at=route.created_at,
            trouble=f"The route {route.name!r} has no target that can serve now: {'; '.join(unfit) or 'it has none'}.",
        )

    @classmethod
    def into(cls, part: WorkspacePart, feature: FeatureEntry, target: Resolution | None = None) -> Resolution:
        """Into a feature, which is served along ``target``, or by its own entry when it has no target."""
        names = frozenset((f"feature/{feature.slug}",))
        if feature.target is not None:
            return cls(
                candidates=tuple(msgspec.structs.replace(one, feature=feature) for one in target.candidates)
                if target is not None
                else (),
                names=names,
                trouble=f"The feature {feature.slug!r} is to be served by {feature.target!r}, which "
                + (
                    f"cannot: {target.trouble}"
                    if target is not None
                    else "is no route or shared configuration now. Choose another target for the feature."
                ),
            )
        entry = feature.entry
        return cls(
            candidates=(Candidate(entry, entry.model or feature.model, part, feature=feature),) if entry else (),
            names=names,
            provider=entry.provider if entry else OURS,
            trouble=f"The feature {feature.slug!r} has nothing that serves it. Choose a model or a target for it.",
        )

    def narrow(self, models: Sequence[str], name: str) -> tuple[Candidate, ...] | None:
        """The candidates for a key that may only use ``models`` and writes ``name``; None when it may not.

        The configuration behind a name may be listed by the model that it serves, but then that model must serve.
        """
        if name in models or not self.names.isdisjoint(models):
            return self.candidates
        if len(self.candidates) != 1:
            return None
        (only,) = self.candidates
        if only.route is not None or only.feature is not None or only.model not in models:
            return None
        return self.candidates if only.trial is None else (msgspec.structs.replace(only, trial=None),)


def _find_otherwise(
    part: WorkspacePart, route: RouteEntry, model: str | None, passed: tuple[str, ...]
) -> tuple[Candidate, ...]:
    """What may serve calls that do not fulfil the conditions of ``route``; empty where nothing does."""
    named = route.otherwise_id
    if named is None or route.conditions is None or named in passed:
        return ()
    other = next((each for each in part.routes.values() if each.id == named), None)
    if other is not None:
        return Resolution.along(part, other, model, passed).candidates
    entry = part.configurations.get(named)
    if entry is None or _find_fault(entry, model):
        return ()
    found = Resolution.to(part, entry, model)
    return () if found is None else found.candidates


def _find_fault(entry: ConfigurationEntry | None, model: str | None) -> str:
    """Why a target of a route cannot serve; empty when it can."""
    if entry is None:
        return "a configuration that is gone"
    if not entry.shared:
        # Its name is its owner's alone again.
        return "a configuration that is not shared with the workspace any more"
    if not entry.is_active:
        return f"{entry.name!r} is not active"
    if entry.model is None and model is None:
        return f"{entry.name!r} has no model"
    return ""
