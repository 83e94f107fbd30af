"""Checks a configuration's parameters against its provider's schema, in words that say what to do."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, Protocol, cast

from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.providers.custom_headers import check_custom_headers
from trunkline.providers.defaults import PROTECTED, read_parameters
from trunkline.providers.provider import Provider
from trunkline.providers.quirks import quirk
from trunkline.providers.registry import PROVIDERS
from trunkline.providers.schema import MAX_OUTPUT, schema

SECRET_NAMES: Final = frozenset({"apikey", "apikeyencrypted", "key", "secret", "authorization", "token", "password"})
"""Names, without separators, under which people put a credential where it would be kept in plain."""


class _Violation(Protocol):
    """What is used of ``jsonschema.ValidationError``."""

    validator: str
    validator_value: JsonValue
    instance: JsonValue
    absolute_path: Iterable[str | int]
    schema: JsonValue


class _Validator(Protocol):
    """What is used of jsonschema's validators, which are typed in part only."""

    def iter_errors(self, instance: object) -> Iterator[_Violation]: ...


@lru_cache(maxsize=256)
def _validator(provider_id: str, max_output: int) -> _Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a process that only serves calls needs none

    return cast("_Validator", Draft202012Validator(schema(PROVIDERS[provider_id], max_output)))


def validate(
    provider: Provider,
    configuration: Mapping[str, JsonValue],
    *,
    model: str | None,
    max_output: int = MAX_OUTPUT,
    root: str = "configuration",
) -> list[FieldError]:
    """Everything that is wrong with ``configuration``; empty when nothing is.

    ``max_output`` is the model's limit of output tokens, where it is known; ``root`` is what the caller calls the
    object (``settings`` on some faces). Messages never show the value of a header or of what looks like a credential.
    """
    values, errors = _known(provider, configuration, root)
    found: dict[str, FieldError] = {}
    for violation in _validator(provider.id, max_output).iter_errors(values):
        error = _explain(violation, root)
        # A wrong type breaks the range too: the first word on a field is enough.
        found.setdefault(error.field, error)
    errors += found.values()
    errors += _not_finite(values, root)
    wrong = {error.field for error in errors}
    headers = values.get("headers")
    if isinstance(headers, dict):
        texts = {name: value for name, value in headers.items() if isinstance(value, str)}
        errors += [e for e in check_custom_headers(texts, f"{root}.headers") if e.field not in wrong]
    errors += _refused_parameters(values, root)
    errors += _thinking(provider, values, model, root)
    return errors


def _known(
    provider: Provider, configuration: Mapping[str, JsonValue], root: str
) -> tuple[dict[str, JsonValue], list[FieldError]]:
    """The settings under their own names, and an error for each that the provider does not have."""
    names = {parameter.name: parameter.name for parameter in provider.parameters}
    names |= {alias: parameter.name for parameter in provider.parameters for alias in parameter.aliases}
    known: dict[str, JsonValue] = {}
    errors: list[FieldError] = []
    for name, value in configuration.items():
        if name in names:
            if names[name] in known:
                errors.append(FieldError(f"{root}.{name}", f"says the same as {names[name]}: keep one of them."))
            known[names[name]] = value
        elif _is_secret_name(name):
            errors.append(FieldError(f"{root}.{name}", "does not belong here: send the key as apiKey, beside it."))
        else:
            shown = name[:100]
            nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {nearest[0]}?" if nearest else f"it has {', '.join(sorted(names))}."
            errors.append(FieldError(f"{root}.{shown}", f"is no setting of {provider.display_name}; {hint}"))
    return known, errors


def _is_secret_name(name: str) -> bool:
    return name.replace("_", "").replace("-", "").casefold() in SECRET_NAMES


_TYPES: Final = {
    "number": "a number",
    "integer": "a whole number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


def _explain(violation: _Violation, root: str) -> FieldError:
    path = [str(step) for step in violation.absolute_path]
    field = ".".join([root, *path])
    limit, value = violation.validator_value, violation.instance
    hidden = path[:1] == ["headers"]
    match violation.validator:
        case "type":
            kinds = limit if isinstance(limit, list) else [limit]
            message = f"must be {' or '.join(_TYPES.get(str(kind), str(kind)) for kind in kinds)}; got {_kind(value)}"
        case "minimum":
            message = _range(violation, f"must be at least {_show(limit)}; got {_show(value)}")
        case "maximum":
            message = _range(violation, f"must be at most {_show(limit)}; got {_show(value)}")
        case "enum" if isinstance(limit, list):
            words = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in limit]
            message = f"must be one of {', '.join(words)}; got {_show(value)}"
        case "maxLength":
            message = f"must have at most {limit:,} characters; has {len(str(value)):,}"
        case "minLength":
            message = "must not be empty; leave it out instead"
        case "maxItems" if isinstance(value, list):
            message = f"must have at most {limit} entries; has {len(value)}"
        case "required" if isinstance(limit, list) and isinstance(value, dict):
            message = f"must have {' and '.join(str(name) for name in limit if name not in value)}"
        case "additionalProperties" if isinstance(value, dict):
            message = "has an entry that is not known here"
        case "pattern":
            message = "has not the form that is expected here" + ("" if hidden else f"; got {_show(value)}")
        case other:
            message = f"does not fit the schema's {other}"
    return FieldError(field, message)


def _range(violation: _Violation, otherwise: str) -> str:
    """``must be between 0 and 2; got 3`` where both ends are known."""
    ends = violation.schema
    if isinstance(ends, dict) and "minimum" in ends and "maximum" in ends:
        return f"must be between {_show(ends['minimum'])} and {_show(ends['maximum'])}; got {_show(violation.instance)}"
    return otherwise


def _show(value: JsonValue) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def _kind(value: JsonValue) -> str:
    match value:
        case None:
            return "null (leave the setting out instead)"
        case bool():
            return str(value).lower()
        case int() | float():
            return _show(value)
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _not_finite(values: Mapping[str, JsonValue], root: str) -> list[FieldError]:
    # NaN passes every comparison of a range, and is no JSON.
    return [
        FieldError(f"{root}.{name}", "must be a finite number")
        for name, value in values.items()
        if isinstance(value, float) and not math.isfinite(value)
    ]


def _refused_parameters(values: Mapping[str, JsonValue], root: str) -> list[FieldError]:
    parameters = values.get("parameters")
    if not isinstance(parameters, dict):
        return []
    errors: list[FieldError] = []
    for name in parameters:
        if name in PROTECTED:
            errors.append(FieldError(f"{root}.parameters.{name}", "is set by each call: leave it out."))
        elif _is_secret_name(name):
            errors.append(
                FieldError(f"{root}.parameters.{name[:100]}", "does not belong here: send the key as apiKey instead.")
            )
    try:
        read_parameters(parameters)
    except InvalidInput as error:
        errors += [FieldError(f"{root}.parameters.{wrong.field}", wrong.message) for wrong in error.fields]
    return errors


def _thinking(provider: Provider, values: Mapping[str, JsonValue], model: str | None, root: str) -> list[FieldError]:
    budget, limit = values.get("thinkingBudget"), values.get("maxTokens")
    if not isinstance(budget, int):
        return []
    if model is not None and quirk(provider.id, model).thinking == "adaptive":
        return [FieldError(f"{root}.thinkingBudget", f"is not taken by {model}: set the effort instead.")]
    if isinstance(limit, int) and budget >= limit:
        return [FieldError(f"{root}.thinkingBudget", f"must be below maxTokens ({limit}); got {budget}")]
    return []
