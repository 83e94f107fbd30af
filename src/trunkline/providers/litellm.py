"""LiteLLM's proxy configuration as configurations of ours: what is to be made, and notes on what cannot be.

https://docs.litellm.ai/docs/proxy/configs. Pure: takes the parsed YAML and the environment, reads no files.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.providers.litellm_entry import NAME_LIMIT, Note, Planned, Unmapped, plan_entry
from trunkline.providers.litellm_routes import Groups, PlannedRoute, PlannedTarget, plan_routes
from trunkline.providers.litellm_settings import note_section
from trunkline.providers.litellm_value import Environment, as_list, as_object

__all__ = ["Note", "Plan", "Planned", "PlannedRoute", "PlannedTarget", "read_plan"]


class Plan(msgspec.Struct, frozen=True):
    """What an import makes, in this order, and what whoever runs it must know."""

    configurations: tuple[Planned, ...]
    routes: tuple[PlannedRoute, ...]
    notes: tuple[Note, ...]


def read_plan(document: JsonValue, environment: Mapping[str, str]) -> Plan:
    """The plan for a parsed ``config.yaml``.

    ``environment`` resolves ``os.environ/NAME``; the file's own ``environment_variables`` come before it. Raises
    InvalidInput for what is no such file; whatever stands in it that we have no place for becomes a note.
    """
    if not isinstance(document, dict) or not ("model_list" in document or "include" in document):
        raise InvalidInput("This is no LiteLLM configuration: it has no model_list.")
    resolver = Environment(environment, as_object(document.get("environment_variables")))
    credentials = _read_credentials(document.get("credential_list"))
    planned: list[Planned] = []
    notes: list[Note] = []
    for place, item in enumerate(as_list(document.get("model_list"))):
        where = f"model_list[{place}]"
        try:
            planned.append(plan_entry(as_object(item), where, credentials, resolver))
        except Unmapped as reason:
            notes.append(Note(where, str(reason)))
    planned, groups = _number(planned)
    aliases = _read_aliases(document, groups, notes)
    routes = plan_routes(document, groups, aliases, notes)
    routed = {route.name for route in routes}
    for alias, own in aliases.items():
        if alias not in routed:
            one = groups.entries[own][0]
            where = f"router_settings.model_group_alias.{alias}"
            planned.append(msgspec.structs.replace(one, name=alias, where=where, notes=(f"a copy of {one.name}",)))
    leads = {target.name for route in routes for target in route.targets}
    planned = [msgspec.structs.replace(one, shared=True) if one.name in leads else one for one in planned]
    notes += [note for name, value in document.items() for note in note_section(name, value)]
    return Plan(tuple(planned), tuple(routes), tuple(notes))


def _read_credentials(value: JsonValue) -> dict[str, Mapping[str, JsonValue]]:
    """``credential_list``: values that entries refer to by ``litellm_credential_name``."""
    found: dict[str, Mapping[str, JsonValue]] = {}
    for item in as_list(value):
        credential = as_object(item)
        name = credential.get("credential_name")
        if isinstance(name, str):
            found[name] = as_object(credential.get("credential_values"))
    return found


def _number(planned: list[Planned]) -> tuple[list[Planned], Groups]:
    """Several entries of one name get ``name``, ``name 2``, …, and no two configurations the same name."""
    taken = {one.name for one in planned}
    groups: dict[str, list[Planned]] = {}
    names: dict[str, str] = {}
    numbered: list[Planned] = []
    for one in planned:
        group = groups.setdefault(one.name, [])
        names.setdefault(one.group, one.name)
        names.setdefault(one.name, one.name)
        name, count = one.name, len(group) + 1
        while group and name in taken:
            tail = f" {count}"
            name = one.name[: NAME_LIMIT - len(tail)] + tail
            count += 1
        taken.add(name)
        group.append(msgspec.structs.replace(one, name=name))
        numbered.append(group[-1])
    return numbered, Groups(groups, names)


def _read_aliases(document: Mapping[str, JsonValue], groups: Groups, notes: list[Note]) -> dict[str, str]:
    """``model_group_alias``: further names, and ours of the models that they stand for."""
    taken = {one.name for group in groups.entries.values() for one in group}
    found: dict[str, str] = {}
    for alias, given in as_object(as_object(document.get("router_settings")).get("model_group_alias")).items():
        where = f"router_settings.model_group_alias.{alias}"
        target = given.get("model") if isinstance(given, dict) else given
        own = groups.names.get(target) if isinstance(target, str) else None
        if alias in taken:
            notes.append(Note(where, "left out: a model of the list has this name already."))
        elif not 0 < len(alias) <= NAME_LIMIT:
            notes.append(Note(where, f"left out: a name has 1 to {NAME_LIMIT} characters."))
        elif own is None:
            notes.append(Note(where, "left out: it names no model of the list that was mapped."))
        else:
            found[alias] = own
    return found
