"""Values in the one form in which the server keeps them, so that two ways to say the same are no difference."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from pydantic import ValidationError

from trunkline.cli.declared.shapes import Shape
from trunkline.control.alerts.channel import read_addresses
from trunkline.core.errors import TrunklineError
from trunkline.core.policy_rule import read_rule, write_rule
from trunkline.providers.registry import find


def complete(shape: Shape, fields: Mapping[str, Any]) -> dict[str, Any]:
    """``fields`` with what is left out inside of their values filled in; as they are where they do not fit."""
    known = {field.alias or name for name, field in shape.model_fields.items()}
    try:
        filled = shape.model_validate({name: value for name, value in fields.items() if name in known})
    except (ValidationError, TrunklineError):
        return dict(fields)
    dumped = filled.model_dump(by_alias=True)
    return {name: dumped.get(name, value) for name, value in fields.items()}


def normalise_configuration(fields: dict[str, Any]) -> dict[str, Any]:
    """Parameters under the provider's own names, and the provider by its id."""
    given = cast("dict[str, Any]", fields.get("configuration") or {})
    # A provider that only the server knows: what its parameters are called is not known here.
    with suppress(TrunklineError):
        provider = find(str(fields.get("provider")))
        names = {alias: parameter.name for parameter in provider.parameters for alias in parameter.aliases}
        named = {names.get(name, name): value for name, value in given.items()}
        base_url = str(fields.get("baseUrl") or "").strip() or None
        return {**fields, "provider": provider.id, "configuration": named, "baseUrl": base_url}
    return fields


def normalise_feature(fields: dict[str, Any]) -> dict[str, Any]:
    """No prompt and an empty one are the same, as are no parameters."""
    return {
        **fields,
        "systemPrompt": fields.get("systemPrompt") or "",
        "customParameters": fields.get("customParameters") or {},
    }


def normalise_channel(fields: dict[str, Any]) -> dict[str, Any]:
    """Email addresses as they are written everywhere, each once."""
    given = cast("list[str]", fields.get("addresses") or [])
    with suppress(TrunklineError):
        return {**fields, "addresses": list(read_addresses(tuple(given))) if given else []}
    return fields


def normalise_budget(fields: dict[str, Any]) -> dict[str, Any]:
    """Thresholds in their order, each once."""
    thresholds = cast("list[int] | None", fields.get("thresholds"))
    return fields if thresholds is None else {**fields, "thresholds": sorted(set(thresholds))}


def normalise_policy(fields: dict[str, Any]) -> dict[str, Any]:
    """The rule with its defaults."""
    rule = fields.get("rule")
    if isinstance(rule, dict):
        with suppress(TrunklineError):
            return {**fields, "rule": write_rule(read_rule(cast("dict[str, Any]", rule)))}
    return fields
