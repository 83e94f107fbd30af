"""LiteLLM's proxy configuration as configurations of ours: what is to be made, and notes on what cannot be.

https://docs.litellm.ai/docs/proxy/configs. Pure: takes the parsed YAML and the environment, reads no files.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.providers.litellm_entry import Note, Planned, Unmapped, plan_entry
from trunkline.providers.litellm_settings import note_fallbacks, note_section
from trunkline.providers.litellm_value import Environment, as_list, as_object

__all__ = ["Note", "Plan", "Planned", "read_plan"]


class Plan(msgspec.Struct, frozen=True):
    """What an import makes, in this order, and what whoever runs it must know."""

    configurations: tuple[Planned, ...]
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
    planned = _number(planned, notes)
    router = as_object(document.get("router_settings"))
    planned += _alias(planned, as_object(router.get("model_group_alias")), notes)
    for section in ("router_settings", "litellm_settings"):
        notes += note_fallbacks(section, as_object(document.get(section)))
    notes += [note for name, value in document.items() for note in note_section(name, value)]
    return Plan(tuple(planned), tuple(notes))


def _read_credentials(value: JsonValue) -> dict[str, Mapping[str, JsonValue]]:
    """``credential_list``: values that entries refer to by ``litellm_credential_name``."""
    found: dict[str, Mapping[str, JsonValue]] = {}
    for item in as_list(value):
        credential = as_object(item)
        name = credential.get("credential_name")
        if isinstance(name, str):
            found[name] = as_object(credential.get("credential_values"))
    return found


def _number(planned: list[Planned], notes: list[Note]) -> list[Planned]:
    """Several entries of one name get ``name``, ``name-2``, …, and no two configurations the same name."""
    taken = {one.name for one in planned}
    seen: dict[str, list[str]] = {}
    numbered: list[Planned] = []
    for one in planned:
        names = seen.setdefault(one.name, [])
        name, count = one.name, len(names) + 1
        while names and name in taken:
            name = f"{one.name}-{count}"
            count += 1
        taken.add(name)
        names.append(name)
        numbered.append(msgspec.structs.replace(one, name=name))
    notes += [
        Note(
            f"model_name {name}",
            f"{len(names)} entries share this name, and LiteLLM balances between them; here they are"
            f" {', '.join(names)}, and {name!r} calls the first alone.",
        )
        for name, names in seen.items()
        if len(names) > 1
    ]
    return numbered


def _alias(planned: list[Planned], aliases: Mapping[str, JsonValue], notes: list[Note]) -> list[Planned]:
    """``model_group_alias``: a further name for a model is a further configuration."""
    by_name = {one.name: one for one in planned}
    made: list[Planned] = []
    for alias, given in aliases.items():
        where = f"router_settings.model_group_alias.{alias}"
        target = given.get("model") if isinstance(given, dict) else given
        one = by_name.get(target) if isinstance(target, str) else None
        if alias in by_name:
            notes.append(Note(where, "left out: a model of the list has this name already."))
        elif one is None:
            notes.append(Note(where, "left out: it names no model of the list that was mapped."))
        else:
            made.append(msgspec.structs.replace(one, name=alias, where=where, notes=(f"a copy of {one.name}",)))
    return made
