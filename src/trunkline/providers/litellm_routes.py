"""LiteLLM's groups and fallbacks as routes of ours.

Groups: https://docs.litellm.ai/docs/routing; fallbacks: https://docs.litellm.ai/docs/proxy/reliability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.strategy import Cause, Strategy
from trunkline.providers.litellm_balance import Share, share_out
from trunkline.providers.litellm_entry import Note, Planned
from trunkline.providers.litellm_value import as_list, as_object

MOST_TARGETS: Final = 20
EVERY: Final = "*"
"""In fallbacks: every model without fallbacks of its own."""

_STRATEGIES: Final[Mapping[str, Strategy]] = {
    "simple-shuffle": "weighted",
    "latency-based-routing": "fastest",
    "cost-based-routing": "cheapest",
}
_KEPT: Final[Mapping[Cause, str]] = {
    "contextWindow": "context_window_fallbacks",
    "contentFilter": "content_policy_fallbacks",
}
_SECTIONS: Final = ("router_settings", "litellm_settings")


class PlannedTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One way of a route: the name of a configuration. ``model`` None: its own.

    With ``fallback_for`` it is kept for requests that failed elsewhere for that.
    """

    name: str
    model: str | None = None
    priority: int = 0
    weight: int = 1
    fallback_for: Cause | None = None


class PlannedRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A route to make. ``where`` is what of the file asks for it; ``notes`` say what of that was not mapped."""

    name: str
    strategy: Strategy
    targets: tuple[PlannedTarget, ...]
    where: str
    notes: tuple[str, ...] = ()


class Groups(msgspec.Struct, frozen=True):
    """What serves each model of the file.

    ``entries`` are by our name of the model; ``names`` lead from the file's names, wildcards and aliases too, to ours.
    """

    entries: Mapping[str, Sequence[Planned]]
    names: Mapping[str, str]

    def find(self, name: str) -> tuple[Sequence[Planned], str | None]:
        """What serves ``name``, and the model to ask it for where a wildcard covers it; nothing where nothing does."""
        own = self.names.get(name)
        if own is not None:
            return self.entries[own], None
        head, slash, model = name.partition("/")
        own = self.names.get(f"{head}/*") if slash and model else None
        return (self.entries[own], model) if own is not None else ((), None)


def plan_routes(
    document: Mapping[str, JsonValue], groups: Groups, aliases: Mapping[str, str], notes: list[Note]
) -> list[PlannedRoute]:
    """The routes for groups of several entries and for fallbacks; ``aliases`` are further names of groups."""
    strategy = _read_strategy(document, notes)
    fallbacks = _read_fallbacks(document, "fallbacks", groups, aliases, notes)
    kept: dict[Cause, dict[str, _Fallbacks]] = {
        cause: _read_fallbacks(document, field, groups, aliases, notes) for cause, field in _KEPT.items()
    }
    routes: list[PlannedRoute] = []
    for name, own in [*((own, own) for own in groups.entries), *aliases.items()]:
        given = _choose(fallbacks, name, own)
        causes: dict[Cause, _Fallbacks | None] = {cause: _choose(found, name, own) for cause, found in kept.items()}
        route = _plan_route(name, own, given, causes, groups, strategy)
        if len(route.targets) > 1:
            routes.append(route)
        else:
            notes += [Note(route.where, f"{name}: {one}.") for one in route.notes]
    return routes


def _choose(fallbacks: Mapping[str, _Fallbacks], name: str, own: str) -> _Fallbacks | None:
    return fallbacks.get(name) or fallbacks.get(own) or fallbacks.get(EVERY)


class _Fallbacks(msgspec.Struct, frozen=True):
    """Names of the file, and where they stand."""

    names: tuple[str, ...]
    where: str


def _plan_route(
    name: str,
    own: str,
    fallbacks: _Fallbacks | None,
    kept: Mapping[Cause, _Fallbacks | None],
    groups: Groups,
    strategy: Strategy,
) -> PlannedRoute:
    """What there is for ``name``; a route is worth making for two targets and more."""
    notes: list[str] = []
    group = groups.entries[own]
    targets = _add((), group, None, notes)
    for other in fallbacks.names if fallbacks is not None else ():
        found, model = groups.find(other)
        if found:
            targets = _add(targets, found, model, notes)
        else:
            notes.append(f"the fallback {other} is no model of the list that was mapped")
    usual = targets
    for cause, others in kept.items():
        targets += _keep(cause, others, group, groups, notes)
    if len(targets) > MOST_TARGETS:
        notes.append(f"a route has at most {MOST_TARGETS} targets: {len(targets) - MOST_TARGETS} were left out")
    targets = targets[:MOST_TARGETS]
    if len({target.priority for target in usual}) == len(usual):
        strategy = "priority"
    elif strategy != "weighted" and len({target.weight for target in usual}) > 1:
        notes.append(f"weights do not count in a route that is {strategy}")
    asking = next((each for each in (fallbacks, *kept.values()) if each is not None), None)
    where = f"model_name {own}" if len(group) > 1 or asking is None else asking.where
    return PlannedRoute(name=name, strategy=strategy, targets=targets, where=where, notes=tuple(dict.fromkeys(notes)))


def _keep(
    cause: Cause, fallbacks: _Fallbacks | None, own: Sequence[Planned], groups: Groups, notes: list[str]
) -> tuple[PlannedTarget, ...]:
    """What is kept for ``cause``, in the order of the file; never the group itself, which has refused the request."""
    targets: tuple[PlannedTarget, ...] = ()
    for other in fallbacks.names if fallbacks is not None else ():
        found, model = groups.find(other)
        if not found:
            notes.append(f"the fallback {other} is no model of the list that was mapped")
        elif found is not own:
            targets = _add(targets, found, model, notes)
    return tuple(msgspec.structs.replace(target, fallback_for=cause) for target in targets)


def _add(
    targets: tuple[PlannedTarget, ...], group: Sequence[Planned], model: str | None, notes: list[str]
) -> tuple[PlannedTarget, ...]:
    """``targets``, and behind them those of a group; what is there already stays where it is."""
    seen = {(target.name, target.model) for target in targets}
    base = max((target.priority + 1 for target in targets), default=0)
    shares: Sequence[Share] = share_out([one.balance for one in group])
    added = list(targets)
    for one, share in zip(group, shares, strict=True):
        if share.weight == 0:
            notes.append(f"{one.name} has weight 0 and is no target")
        elif (one.name, model) not in seen:
            added.append(PlannedTarget(name=one.name, model=model, priority=base + share.rank, weight=share.weight))
    return tuple(added)


def _read_strategy(document: Mapping[str, JsonValue], notes: list[Note]) -> Strategy:
    given = as_object(document.get("router_settings")).get("routing_strategy")
    if given is None:
        return "weighted"
    strategy = _STRATEGIES.get(given) if isinstance(given, str) else None
    if strategy is None:
        notes.append(
            Note(
                "router_settings.routing_strategy",
                f"{given if isinstance(given, str) else 'it'} is not here: routes are weighted instead.",
            )
        )
    return strategy or "weighted"


def _read_fallbacks(
    document: Mapping[str, JsonValue], field: str, groups: Groups, aliases: Mapping[str, str], notes: list[Note]
) -> dict[str, _Fallbacks]:
    """Those in ``field``, by our name of the model, by an alias, or by :data:`EVERY`; of several the first counts."""
    found: dict[str, _Fallbacks] = {}

    def keep(name: str, given: JsonValue, where: str) -> None:
        named = [_read_name(other) for other in (as_list(given) or [given])]
        names = tuple(other for other in named if other is not None)
        if len(names) < len(named):
            notes.append(Note(where, f"{name}: a fallback that is no name was left out."))
        if name in found:
            notes.append(Note(where, f"{name} has fallbacks in {found[name].where} already."))
        else:
            found[name] = _Fallbacks(names, where)

    for section in _SECTIONS:
        settings = as_object(document.get(section))
        where = f"{section}.{field}"
        given = settings.get(field)
        for item in [given] if isinstance(given, dict) else as_list(given):
            for model, others in as_object(item).items():
                name = model if model == EVERY or model in aliases else groups.names.get(model)
                if name is None:
                    notes.append(Note(where, f"{model}: it is no model of the list that was mapped."))
                else:
                    keep(name, others, where)
        if field == "fallbacks" and settings.get("default_fallbacks"):
            keep(EVERY, settings["default_fallbacks"], f"{section}.default_fallbacks")
    return found


def _read_name(value: JsonValue) -> str | None:
    """A fallback is a name, or an object with one and with parameters of its own, for which there is no place."""
    name = value.get("model") if isinstance(value, dict) and value.keys() == {"model"} else value
    return name if isinstance(name, str) and name else None
