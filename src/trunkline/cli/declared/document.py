"""A file that says what a workspace is to be: read, and checked as far as that needs no server."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast, get_args

import msgspec
from pydantic import BaseModel, ValidationError

from trunkline.cli.declared.kinds import KINDS, SETTINGS, DeclaredKind
from trunkline.cli.declared.shapes import FILE, Shape
from trunkline.cli.declared.yaml_text import Place, YamlText, read_yaml
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.faces.http.errors import explain_field, write_path

MOST_MISTAKES = 20
"""That are told at once."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One thing as the file says it: its fields by their names there, and where it stands."""

    kind: DeclaredKind
    name: str
    fields: dict[str, Any]
    place: Place


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says, in the order in which it is made."""

    text: YamlText
    workspace: str | None
    wanted: tuple[Wanted, ...]
    sections: frozenset[str]

    def refuse(self, mistakes: Sequence[tuple[Place, str]]) -> InvalidInput:
        """One error for all ``mistakes``: a line for each, with its line in the file, its field and its remedy."""
        told = sorted({(self.text.find_line(place), _call(place), words) for place, words in mistakes})
        lines = [f"{self.text.name}:{line}: {field}{words}" for line, field, words in told[:MOST_MISTAKES]]
        if len(told) > MOST_MISTAKES:
            lines.append(f"… and {len(told) - MOST_MISTAKES} more.")
        return InvalidInput("\n".join(lines))


def read_document(name: str, raw: bytes) -> Document:
    """The document in ``raw``. :class:`InvalidInput` has every mistake, each with line, field and remedy."""
    text = read_yaml(name, raw)
    empty = Document(text=text, workspace=None, wanted=(), sections=frozenset())
    if not isinstance(text.value, dict):
        raise empty.refuse([((), "must be an object that begins with `version: 1`.")])
    value = {field: inner for field, inner in text.value.items() if inner is not None}
    try:
        FILE.model_validate(value)
    except ValidationError as error:
        raise empty.refuse([_explain(problem) for problem in cast("list[dict[str, Any]]", error.errors())]) from None
    except InvalidInput as error:
        raise empty.refuse([((), error.message)]) from None
    wanted = tuple(_list_wanted(value))
    document = Document(
        text=text,
        workspace=cast("str | None", value.get("workspace")),
        wanted=wanted,
        sections=frozenset(value) & {kind.section for kind in KINDS},
    )
    mistakes = [*_find_twice(wanted), *_find_nulls(wanted), *_find_circles(wanted)]
    if mistakes:
        raise document.refuse(mistakes)
    return document


def _list_wanted(value: Mapping[str, JsonValue]) -> Iterator[Wanted]:
    for kind in KINDS:
        for index, fields in enumerate(cast("list[dict[str, Any]]", value.get(kind.section) or [])):
            yield Wanted(kind=kind, name=kind.name(fields), fields=fields, place=(kind.section, index))
    settings = cast("dict[str, Any]", value.get("settings") or {})
    for kind in SETTINGS:
        name = kind.name({})
        if name in settings and (settings[name] is not None or name in kind.clearable):
            place = ("settings", name)
            fields = {name: settings[name]} if name in kind.fields else settings[name]
            yield Wanted(kind=kind, name=name, fields=fields, place=place)


def _find_twice(wanted: Sequence[Wanted]) -> Iterator[tuple[Place, str]]:
    seen: dict[tuple[str, str], Place] = {}
    for one in wanted:
        if seen.setdefault((one.kind.section, one.name), one.place) != one.place:
            first = write_path(seen[one.kind.section, one.name])
            yield one.place, f"there is {one.name!r} already, at {first}. Remove one of them."


def _find_nulls(wanted: Sequence[Wanted]) -> Iterator[tuple[Place, str]]:
    for one in wanted:
        for field, value in one.fields.items():
            if value is None and not one.kind.may_clear(field) and field not in one.kind.fixed:
                yield (*one.place, field), "cannot be null. Give it a value, or leave it out to keep what is there."


def _find_circles(wanted: Sequence[Wanted]) -> Iterator[tuple[Place, str]]:
    """Routes whose ``otherwise`` leads back to them."""
    routes = {one.name: one for one in wanted if one.kind.section == "routes"}
    seen: set[str] = set()
    for start in routes.values():
        path: dict[str, Wanted] = {}
        at: Wanted | None = start
        while at is not None and at.name not in seen:
            seen.add(at.name)
            path[at.name] = at
            at = routes.get(str(at.fields.get("otherwise")))
        if at is not None and at.name in path:
            names = list(path)
            way = " → ".join([*names[names.index(at.name) :], at.name])
            yield (*at.place, "otherwise"), f"the route leads to itself: {way}. Let one of them lead elsewhere."


def order_routes(wanted: Sequence[Wanted]) -> list[Wanted]:
    """``wanted`` with each route behind the one that its ``otherwise`` leads to; there are no circles."""
    routes = {one.name: one for one in wanted if one.kind.section == "routes"}
    ordered: dict[str, Wanted] = {}

    for one in routes.values():
        chain: list[Wanted] = []
        at: Wanted | None = one
        while at is not None and at.name not in ordered:
            chain.append(at)
            at = routes.get(str(at.fields.get("otherwise")))
        ordered.update((each.name, each) for each in reversed(chain))
    following = iter(ordered.values())
    return [next(following) if one.kind.section == "routes" else one for one in wanted]


def _call(place: Place) -> str:
    path = write_path(place)
    return f"{path}: " if path else ""


def _explain(problem: dict[str, Any]) -> tuple[Place, str]:
    place = tuple(cast("Sequence[str | int]", problem["loc"]))
    if problem["type"] == "extra_forbidden":
        return place, f"is no field here. {_suggest(place)}"
    words = explain_field({**problem, "loc": ("body", *place)}).message
    return place, words if place else f"the file {words}"


def _suggest(place: Place) -> str:
    """What may have been meant by the name at the end of ``place``."""
    shape: Shape | None = FILE
    for part in place[:-1]:
        if isinstance(part, str) and shape is not None:
            field = next((f for name, f in shape.model_fields.items() if part in {name, f.alias}), None)
            shape = None if field is None else next(_find_shapes(field.annotation), None)
    if shape is None:
        return "Remove it, or check its spelling."
    known = [field.alias or name for name, field in shape.model_fields.items()]
    near = difflib.get_close_matches(str(place[-1]), known, 1, 0.5)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."


def _find_shapes(annotation: Any) -> Iterator[Shape]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _find_shapes(inner)
