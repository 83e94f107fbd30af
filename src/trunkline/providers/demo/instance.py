"""The smallest value that fits a JSON Schema, for structured answers and the arguments of tools."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue

MAX_VALUES: Final = 1000
"""Beyond this many values null is put, so that a schema that multiplies itself costs no more than others."""

MAX_LENGTH: Final = 1000
"""The longest text that a ``minLength`` gets."""

Schema = dict[str, JsonValue]


def make_instance(schema: Schema) -> JsonValue:
    """A value that fits the common part of JSON Schema: types, ``enum``, ``const``, ``default``, required properties,
    bounds, ``anyOf``, ``oneOf``, ``allOf`` and references inside the document.
    """
    return _Maker(schema).make(schema, 0)


class _Maker:
    """Makes the values of one document."""

    _MAX_DEPTH: Final = 32

    def __init__(self, root: JsonValue) -> None:
        self._root = root
        self._left = MAX_VALUES

    def make(self, schema: JsonValue, depth: int) -> JsonValue:
        """A value for a part of the document; null where the part is none, or too deep."""
        self._left -= 1
        if not isinstance(schema, dict) or depth > self._MAX_DEPTH or self._left < 0:
            return None
        depth += 1
        if isinstance(target := schema.get("$ref"), str):
            return self.make(_resolve(target, self._root), depth)
        if "const" in schema:
            return schema["const"]
        if isinstance(choices := schema.get("enum"), list) and choices:
            return choices[0]
        if "default" in schema:
            return schema["default"]
        for word in ("anyOf", "oneOf"):
            if isinstance(options := schema.get(word), list) and options:
                return self.make(options[0], depth)
        if isinstance(parts := schema.get("allOf"), list):
            return self.make(_merge(schema, parts), depth)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        match kind[0] if isinstance(kind, list) and kind else kind:
            case "object":
                return self._make_object(schema, depth)
            case "array":
                least = schema.get("minItems")
                entries = min(least, max(self._left, 0)) if isinstance(least, int) else 0
                return [self.make(schema.get("items"), depth) for _ in range(entries)]
            case "integer":
                return int(_make_number(schema, 1))
            case "number":
                return _make_number(schema, 0.5)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                least = schema.get("minLength")
                return "demo".ljust(min(least, MAX_LENGTH) if isinstance(least, int) else 0, "x")

    def _make_object(self, schema: Schema, depth: int) -> JsonValue:
        properties, required = schema.get("properties"), schema.get("required")
        known = properties if isinstance(properties, dict) else {}
        names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
        return {name: self.make(known.get(name), depth) for name in names}


def _make_number(schema: Schema, usual: float) -> float:
    for word, step in (("minimum", 0), ("exclusiveMinimum", 1)):
        if isinstance(bound := schema.get(word), int | float):
            return bound + step
    for word, step in (("maximum", 0), ("exclusiveMaximum", 1)):
        if isinstance(bound := schema.get(word), int | float):
            return min(usual, bound - step)
    return usual


def _merge(schema: Schema, parts: list[JsonValue]) -> Schema:
    merged: Schema = {name: value for name, value in schema.items() if name != "allOf"}
    for part in parts:
        if not isinstance(part, dict):
            continue
        for name, value in part.items():
            known = merged.get(name)
            if isinstance(known, dict) and isinstance(value, dict):
                merged[name] = {**known, **value}
            elif isinstance(known, list) and isinstance(value, list):
                merged[name] = [*known, *value]
            else:
                merged[name] = value
    return merged


def _resolve(target: str, root: JsonValue) -> JsonValue:
    here = root
    for step in target.removeprefix("#").split("/")[1:]:
        if not isinstance(here, dict):
            return None
        here = here.get(step.replace("~1", "/").replace("~0", "~"))
    return here
