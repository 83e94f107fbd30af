"""A plan as people read it: what is made, changed and deleted, field by field, with secrets as masks."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import yaml
from rich.text import Text

from trunkline.cli.declared.plan import Change, Plan
from trunkline.cli.output import clean

_SIGNS: Final = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
_SHORT: Final = 60


def write_plan(plan: Plan) -> Iterator[Text]:
    """Its lines, without the summary. The two parts of one thing are told together."""
    parts: dict[tuple[str, str, bool], list[Change]] = {}
    for change in plan.changes:
        parts.setdefault((change.kind.section, change.name, change.action == "delete"), []).append(change)
    for changes in parts.values():
        first = changes[0]
        sign, style = _SIGNS[first.action]
        yield Text(f"{sign} {first.kind.noun} {clean(first.name)}", style=f"bold {style}")
        for change in changes:
            for field in change.fields:
                yield from _write_field(field.field, field.before, field.after, made=first.action == "create")


def summarise(plan: Plan) -> str:
    """``2 to make, 1 to change, 0 to delete``."""
    things = {(one.kind.section, one.name, one.action == "delete"): one.action for one in reversed(plan.changes)}
    count = list(things.values()).count
    return f"{count('create')} to make, {count('update')} to change, {count('delete')} to delete"


def write_change(change: Change) -> str:
    """``configuration Our GPT made``."""
    done = {"create": "made", "update": "changed", "delete": "deleted"}[change.action]
    return f"{change.kind.noun} {change.name} {done}"


def describe(plan: Plan) -> list[dict[str, Any]]:
    """The changes for programs."""
    return [
        {
            "action": change.action,
            "section": change.kind.section,
            "name": change.name,
            "fields": [{"field": field.field, "before": field.before, "after": field.after} for field in change.fields],
        }
        for change in plan.changes
    ]


def dump(value: Any) -> str:
    """``value`` as YAML in block style, without an end."""
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100, default_flow_style=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _write_field(field: str, before: Any, after: Any, *, made: bool) -> Iterator[Text]:
    old, new = _lines(before), _lines(after)
    if made:
        yield from _write_value(field, new, "green")
    elif len(old) == len(new) == 1 and len(old[0]) + len(new[0]) <= _SHORT:
        yield Text(f"    {field}: {old[0]} → {new[0]}", style="yellow")
    else:
        yield Text(f"    {field}:")
        for line in difflib.ndiff(old, new):
            if not line.startswith("?"):
                yield Text(f"      {line}", style={"+": "green", "-": "red"}.get(line[0], "dim"))


def _write_value(field: str, lines: list[str], style: str) -> Iterator[Text]:
    if len(lines) == 1:
        yield Text(f"    {field}: {lines[0]}", style=style)
        return
    yield Text(f"    {field}:", style=style)
    for line in lines:
        yield Text(f"      {line}", style=style)


def _lines(value: Any) -> list[str]:
    if value is None:
        return ["–"]
    plain = _plain(value)
    if isinstance(plain, list) and not any(isinstance(each, (dict, list)) for each in cast("list[Any]", plain)):
        return [f"[{', '.join(clean(str(each)) for each in cast('list[Any]', plain))}]"]
    text = value if isinstance(value, str) else dump(plain)
    return clean(text).splitlines() or ['""']


def _plain(value: Any) -> Any:
    """``value`` of types that YAML has."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)
